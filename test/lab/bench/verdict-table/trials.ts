/** One timing of the verdict in one weather, tried in virtual time. Pure: a seed, a result. */
import type { HealthState } from '../../../../src/model/health.ts'
import { VirtualLine } from '../../../health/virtual-line.ts'
import { Random } from '../../../random.ts'
import type { Candidate } from './candidates.ts'
import { silentBetween, type Weather } from './weather.ts'

export interface Trial {
  readonly candidate: Candidate
  readonly weather: Weather
  readonly seed: number
}

/** Twice what a target's samples need to make an estimate. */
const warmUpMs = 20_000
/** Hiccups so far from each other that none is judged by the one before. */
const betweenMs = { shortest: 6_000, longest: 9_000 }
const lateVerdictMs = 2_000
/** Whoever hasn't noticed by then never will. */
const neverMs = 60_000

export interface Detection {
  readonly suspectedMs: number
  readonly downMs: number
}

/** From the silence on until the line is suspected, and called down, once for each run. */
export function detections(trial: Trial, runs: number): Detection[] {
  const random = new Random(trial.seed)
  return Array.from({ length: runs }, (_, run) => {
    const line = lineOf(trial, run).run(random.between(0, 1_000))
    while (!isIn(line, 'up')) line.run(1_000)
    const fromMs = line.nowMs
    line.playing = silentBetween(fromMs, Number.POSITIVE_INFINITY, line.playing)
    while (!isIn(line, 'down') && line.nowMs - fromMs < neverMs) line.run(10)
    const suspectedAtMs = line.suspectedAtMs.find((atMs) => atMs > fromMs) ?? line.nowMs
    const downMs = isIn(line, 'down') ? line.enteredAtMs('down') - fromMs : neverMs
    return { suspectedMs: Math.min(suspectedAtMs - fromMs, downMs), downMs }
  })
}

/** How many of so many hiccups of this length are taken for an outage. */
export function hiccupsCalledDown(trial: Trial, lengthMs: number, count: number): number {
  const random = new Random(trial.seed)
  let wrong = 0
  let line = lineOf(trial, 0)
  for (let i = 0; i < count; i += 1) {
    line.run(random.between(betweenMs.shortest, betweenMs.longest))
    // Weather alone may have called it down: that is counted elsewhere.
    if (!isIn(line, 'up')) line = lineOf(trial, i + 1)
    const fromMs = line.nowMs
    const weather = line.playing
    const before = line.transitions.length
    line.playing = silentBetween(fromMs, fromMs + lengthMs, weather)
    line.run(lengthMs + lateVerdictMs)
    line.playing = weather
    const isDown = line.transitions.slice(before).some(({ state }) => state === 'down')
    if (!isDown) continue
    wrong += 1
    line = lineOf(trial, i + 1)
  }
  return wrong
}

/** How often the weather alone is taken for an outage in so many hours, and how often suspected. */
export function falseAlarms(trial: Trial, hours: number): { verdicts: number; suspicions: number } {
  const line = lineOf(trial, 0)
  const before = line.transitions.length
  const suspectedBefore = line.suspectedAtMs.length
  line.run(hours * 3_600_000)
  return {
    verdicts: line.transitions.slice(before).filter(({ state }) => state === 'down').length,
    suspicions: line.suspectedAtMs.length - suspectedBefore,
  }
}

function isIn(line: VirtualLine, state: HealthState): boolean {
  return line.health.state === state
}

function lineOf({ candidate, weather, seed }: Trial, run: number): VirtualLine {
  const playing = weather.play(seed * 100_003 + run)
  return new VirtualLine({ ...candidate.timing, playing }).run(warmUpMs)
}
