/** One seed of one kind, from its number to what is to be said of it. */
import { shrink } from '../script/shrink.ts'
import { planOf, printPlan, simulate } from '../simulate.ts'
import { simulateTurns, turnPlanOf } from '../turn/simulate-turns.ts'
import type { Sabotage } from '../world/simulated-process.ts'

/** `whole`: the whole daemon on a kernel in memory; `turns`: its turns alone, which are quicker. */
export const kinds = ['whole', 'turns'] as const
export type Kind = (typeof kinds)[number]

export interface Wish {
  readonly kind: Kind
  readonly seed: number
  readonly lengthMs: number
}

export interface Played extends Wish {
  readonly steps: number
  readonly playedMs: number
  /** What went wrong, and how to see it again; null: nothing. */
  readonly failure: string | null
}

interface How {
  /** What is spoilt of the whole daemon, to see that it is found out. */
  readonly sabotage?: Sabotage
  /** How long a shorter script that fails too is looked for. */
  readonly shrinkMs?: number
}

export async function playSeed(wish: Wish, how: How = {}): Promise<Played> {
  try {
    return wish.kind === 'whole' ? await playWhole(wish, how) : playTurns(wish)
  } catch (error) {
    const violation = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const failure = describe(wish, { violation, endedAtMs: null, trace: [], script: [] })
    return { ...wish, steps: 0, playedMs: 0, failure }
  }
}

async function playWhole(wish: Wish, how: How): Promise<Played> {
  const { sabotage = {}, shrinkMs = 15_000 } = how
  const plan = planOf(wish.seed, wish.lengthMs)
  const { violation, endedAtMs, trace, steps } = await simulate(plan, sabotage)
  const played = { ...wish, steps, playedMs: endedAtMs }
  if (violation === null) return { ...played, failure: null }
  const smallest = await shrink(plan, violation, shrinkMs)
  const script = ['a shorter script that fails in the same way:', printPlan(smallest)]
  return { ...played, failure: describe(wish, { violation, endedAtMs, trace, script }) }
}

function playTurns(wish: Wish): Played {
  const { violation, endedAtMs, trace, turns } = simulateTurns(turnPlanOf(wish.seed, wish.lengthMs))
  const played = { ...wish, steps: turns, playedMs: endedAtMs }
  if (violation === null) return { ...played, failure: null }
  return { ...played, failure: describe(wish, { violation, endedAtMs, trace, script: [] }) }
}

interface Found {
  readonly violation: string
  /** null: nobody knows. */
  readonly endedAtMs: number | null
  readonly trace: readonly string[]
  readonly script: readonly string[]
}

function describe({ kind, seed, lengthMs }: Wish, found: Found): string {
  const { violation, endedAtMs, trace, script } = found
  const again = `npm run simulate -- --${kind} --seed ${seed} --hours ${lengthMs / hourMs}`
  return [
    violation,
    `${endedAtMs === null ? 'at some time' : `at ${endedAtMs} ms`}; again with: ${again}`,
    ...script,
    ...(trace.length === 0 ? [] : ['what the daemon said last:']),
    ...trace.slice(-40).map((line) => `  ${line}`),
  ].join('\n')
}

const hourMs = 3_600_000
