/**
 * What one target has answered lately, by one method: the samples of loss, latency and jitter.
 * Only regular probes are samples; those of a burst are sent because something looks bad, and
 * would make it look worse.
 */
export class TargetRecord {
  readonly target: string
  readonly #samples: Sample[] = []
  /** Of the samples, how many were lost. */
  #lost = 0
  #lostInARow = 0
  /** Counts the changes of the samples. */
  version = 0

  constructor(target: string) {
    this.target = target
  }

  /**
   * A target that keeps silent while others speak, or answers only now and then because it limits
   * its rate, is itself the trouble: its next silence is no news.
   */
  get setAside(): boolean {
    return this.#lostInARow >= setAsideAfter || (this.lossPercent() ?? 0) > setAsideLossPercent
  }

  /** The regular probe went unanswered. Returns the sample, for an answer that comes late. */
  addLoss(sentMs: number): Sample {
    this.#lostInARow += 1
    return this.#add({ sentMs, rttMs: null })
  }

  addAnswer(sentMs: number, rttMs: number): void {
    this.#add({ sentMs, rttMs })
  }

  /** What was taken for a loss is none: its answer came late. */
  correct(sample: Sample, rttMs: number): void {
    if (sample.rttMs === null && this.#samples.includes(sample)) this.#lost -= 1
    sample.rttMs = rttMs
    this.version += 1
  }

  /** An answer to whatever probe, late or in a burst: the target speaks. */
  spoke(): void {
    this.#lostInARow = 0
  }

  /** Forgets the samples from before `sinceMs`. */
  forgetBefore(sinceMs: number): void {
    while (this.#samples[0] !== undefined && this.#samples[0].sentMs < sinceMs) this.#forgetFirst()
  }

  /** null while there are too few samples to tell. */
  lossPercent(): number | null {
    if (this.#samples.length < minSamples) return null
    return (100 * this.#lost) / this.#samples.length
  }

  /** How many of the newest answers took longer than so. */
  countAnswers(longerThanMs = -1): number {
    const samples = this.#samples
    let count = 0
    for (let i = Math.max(0, samples.length - latencySamples); i < samples.length; i++) {
      const rttMs = samples[i]?.rttMs ?? null
      if (rttMs !== null && rttMs > longerThanMs) count += 1
    }
    return count
  }

  /** The newest round-trip times, oldest first. */
  roundTripTimesMs(): number[] {
    const answered: number[] = []
    for (const sample of this.#samples.slice(-latencySamples)) {
      if (sample.rttMs !== null) answered.push(sample.rttMs)
    }
    return answered
  }

  /** Mean difference of successive round-trip times; null with fewer than two. */
  jitterMs(): number | null {
    const times = this.roundTripTimesMs()
    let sum = 0
    for (let i = 1; i < times.length; i++) sum += Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0))
    return times.length < 2 ? null : sum / (times.length - 1)
  }

  #add(sample: Sample): Sample {
    this.#samples.push(sample)
    if (sample.rttMs === null) this.#lost += 1
    if (this.#samples.length > maxSamples) this.#forgetFirst()
    this.version += 1
    return sample
  }

  #forgetFirst(): void {
    if (this.#samples.shift()?.rttMs === null) this.#lost -= 1
    this.version += 1
  }
}

export interface Sample {
  readonly sentMs: number
  rttMs: number | null
}

/** The lower median: of two targets the better one, for one bad target is not a bad line. */
export function lowerMedian(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

/** One minute of one target at the default interval. */
const maxSamples = 60
/** With 5 % loss, fewer would call one line in a few hundred degraded right after start. */
const minSamples = 30
/** Latency is wanted for now, not for the last minute. */
const latencySamples = 15
const setAsideAfter = 3
const setAsideLossPercent = 30
