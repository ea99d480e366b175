/**
 * Watches what new options cost this host: asks its near ones before they come into force and for
 * half a minute after. It outlives each daemon, and its trial the process; what follows from a verdict
 * it leaves to others.
 */
import { lookup } from 'node:dns/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../daemon/clock.ts'
import type { Kernel } from '../../kernel/port.ts'
import type { HostState } from '../../model/host.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { resolveUplinks } from '../../network/uplinks.ts'
import type { NearAsker } from '../../probe/near-asker.ts'
import { type NearPoint, nearPoints } from './near-points.ts'
import { OptionsJudge, type Sight, type Sights, trialMs, type Verdict } from './options-judge.ts'
import type { TrialBook } from './trial-book.ts'

export interface OptionsTrialParts {
  readonly clock: Clock
  /** null: no sockets for it here, so nothing is ever lost. */
  readonly openAsker: () => NearAsker | null
  /** Its name on this host; null: there is none. */
  readonly supervisor: string | null
  readonly book: TrialBook
}

/** What comes into force, and where. */
interface Candidate {
  readonly settings: Settings
  readonly kernel: Kernel
  readonly host: HostState
  /** They are on trial already, and stay no longer than they would have. */
  readonly goesOn: boolean
}

export class OptionsTrial {
  readonly #parts: OptionsTrialParts
  #judge: OptionsJudge | null = null
  #asker: NearAsker | null = null
  #reached: readonly NearPoint[]
  #untilMs = 0

  constructor(parts: OptionsTrialParts) {
    this.#parts = parts
    this.#reached = parts.book.now?.reached ?? []
  }

  /** Here, or in an earlier process that has left word of it. */
  get isRunning(): boolean {
    return this.#parts.book.now !== null
  }

  /**
   * Before these settings come into force. Where others are on trial still, what was reached before
   * those counts too.
   */
  async prepare({ settings, kernel, host, goesOn }: Candidate): Promise<void> {
    const { clock, book } = this.#parts
    const asker = this.#asker ?? this.#parts.openAsker()
    const runsUntil = goesOn ? (book.now?.until ?? null) : null
    const leftMs = runsUntil === null ? trialMs : Date.parse(runsUntil) - clock.wallMs()
    this.#asker = asker
    this.#judge = new OptionsJudge(clock.nowMs())
    // A clock that was set back may not make it longer.
    this.#untilMs = clock.nowMs() + Math.min(trialMs, leftMs)
    if (asker === null) return
    const supervisor = await this.#findSupervisor(kernel)
    const near = nearPoints(host, resolveUplinks(settings.wans, host))
    const all = [...supervisor, ...near.filter(({ address }) => address !== supervisor[0]?.address)]
    const known = new Set(this.#reached.map(keyOf))
    const asked = all.filter((point) => !known.has(keyOf(point)))
    const answers = await Promise.all(asked.map((point) => asker.answers(point)))
    this.#reached = [...this.#reached, ...asked.filter((_, at) => answers[at])]
    const until = new Date(clock.wallMs() + this.#untilMs - clock.nowMs()).toISOString()
    book.note({ until, reached: this.#reached })
  }

  /** Looks every second while a daemon runs, until there is a verdict or it is told to end. */
  attend(onVerdict: (verdict: Verdict) => void): () => void {
    const judge = this.#judge
    if (judge === null) return () => {}
    const ending = new AbortController()
    judge.begins(Math.min(this.#parts.clock.nowMs(), this.#untilMs - trialMs))
    this.#watch(judge, { onVerdict, signal: ending.signal }).catch((error: unknown) => {
      if (!ending.signal.aborted) throw error
    })
    return () => ending.abort()
  }

  close(): void {
    this.#judge = null
    this.#asker?.close()
    this.#asker = null
    this.#reached = []
    this.#parts.book.note(null)
  }

  /** A process that ends leaves the trial to the next one. */
  stop(): void {
    this.#asker?.close()
    this.#asker = null
  }

  async #watch(
    judge: OptionsJudge,
    { onVerdict, signal }: { onVerdict: (verdict: Verdict) => void; signal: AbortSignal },
  ): Promise<void> {
    for (;;) {
      await pause(roundMs, undefined, { signal, ref: false })
      const sights = await this.#look()
      if (signal.aborted) return
      const verdict = judge.take(sights, this.#parts.clock.nowMs())
      if (verdict === null) continue
      // The proof takes its own time.
      if (verdict.kind === 'costly') this.#untilMs = Number.POSITIVE_INFINITY
      else this.close()
      onVerdict(verdict)
      return
    }
  }

  async #look(): Promise<Sights> {
    const sights = new Map<string, Sight[]>()
    const looks = this.#reached.map(async (point) => {
      const sight = await this.#see(point)
      sights.set(point.group, [...(sights.get(point.group) ?? []), sight])
    })
    await Promise.all(looks)
    return sights
  }

  async #see(point: NearPoint): Promise<Sight> {
    const asker = this.#asker
    if (asker === null) return 'gone'
    if (await asker.answers(point)) return 'answers'
    return (await asker.isThere(point)) ? 'silent' : 'gone'
  }

  async #findSupervisor(kernel: Kernel): Promise<readonly NearPoint[]> {
    const { supervisor } = this.#parts
    if (supervisor === null) return []
    try {
      const found = lookup(supervisor, { family: 4 })
      const named = await Promise.race([found, pause(nameMs, null, { ref: false })])
      if (named === null) return []
      const { address } = named
      const { nextHop } = await kernel.routeGet({ family: 'ipv4', target: address })
      if (nextHop === null || nextHop.gateway !== null) return []
      return [{ group: 'the Supervisor', address, link: nextHop.link, port: 80 }]
    } catch {
      // Nobody knows the name, so it can't be lost.
      return []
    }
  }
}

function keyOf({ link, address }: NearPoint): string {
  return `${link} ${address}`
}

const roundMs = 1_000
/** It stands in /etc/hosts; who has to ask for it must not wait for a dead server. */
const nameMs = 500
