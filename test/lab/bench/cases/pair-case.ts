/**
 * Two boxes behind one address: how long a client gets no answer when the serving one is stopped,
 * killed, hangs, loses its lines or its power, and how many packets are lost where none should be.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { PairHouse } from '../../house/pair-house.ts'
import type { EchoStream } from '../../measure/echo-stream.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import type { CaseResult, Limit, Row } from '../result/row.ts'

/** Of a moment in which one box takes over from the other. */
interface Takeover {
  readonly gapMs: number
  readonly lost: number
  /** The longest that a packet waited for an answer, and the time to the one before it. */
  readonly delayMs: number
  /** From the cause until the other box alone had the address. */
  readonly tookMs: number
}

interface PairRun {
  readonly stopped: Takeover
  readonly returned: Takeover
  readonly killed: Takeover
  readonly hung: Takeover
  readonly withoutLines: Takeover
  readonly withoutPower: Takeover
}

export async function measurePair(settings: BenchSettings): Promise<CaseResult> {
  const few = { ...settings, runs: settings.fewRuns }
  const normal = await measureBlocks(pairMeasurement('normal', measureAll), few)
  const fast = await measureBlocks(pairMeasurement('fast', measurePower), few)
  const row = rowsFrom(normal.done, normal.failures)
  const gap = ({ gapMs }: Takeover) => gapMs
  const lost = ({ lost: count }: Takeover) => count
  return {
    rows: [
      row('pair-power', 'the serving box loses its power', (run) => gap(run.withoutPower), {
        median: 1_100,
      }),
      {
        ...{ id: 'pair-power-fast', unit: 'ms', failures: fast.failures, limit: { median: 400 } },
        title: 'two boxes: the serving box loses its power, `speed: fast`',
        samples: fast.done.map(gap),
      },
      row('pair-killed', 'its daemon is killed', (run) => gap(run.killed), { worst: 1_500 }),
      row('pair-hung', 'its daemon hangs: until the other box serves', (run) => run.hung.tookMs, {
        worst: 5_000,
      }),
      row('pair-stopped', 'it is stopped', (run) => run.stopped.delayMs, { median: 40 }),
      lostRow('pair-stopped-lost', 'it is stopped: packets lost', (run) => lost(run.stopped)),
      lostRow('pair-returned-lost', 'it returns: packets lost', (run) => lost(run.returned)),
      row(
        'pair-lines',
        "all its lines are dead, the other's live",
        (run) => gap(run.withoutLines),
        {
          median: 2_000,
        },
      ),
    ],
    runs: [...normal.done, ...fast.done],
  }

  function lostRow(id: string, title: string, sample: (run: PairRun) => number): Row {
    return { ...row(id, title, sample, { worst: 0 }), unit: 'count' }
  }
}

function rowsFrom(runs: readonly PairRun[], failures: readonly string[]) {
  return (id: string, what: string, sample: (run: PairRun) => number, limit: Limit): Row => {
    const title = `two boxes: ${what}`
    return { id, title, unit: 'ms', samples: runs.map(sample), failures, limit }
  }
}

function pairMeasurement<T>(
  speed: 'normal' | 'fast',
  measure: (house: PairHouse) => Promise<T>,
): Measurement<PairHouse, T> {
  return {
    name: `pair, ${speed}`,
    open: () => PairHouse.open({ pair: { speed } }),
    measure,
    describe: (run) => JSON.stringify(run),
  }
}

async function measureAll(house: PairHouse): Promise<PairRun> {
  const { first } = house
  const stream = await house.lab.client(1).startStream({ everyMs })
  const to = (name: 'first' | 'second', cause: () => unknown) =>
    takeover(house, { stream, name, cause })
  const back = () => to('first', () => first.startAgain())
  const stopped = await to('second', () => first.daemon.stop())
  const returned = await back()
  const killed = await to('second', () => first.daemon.end('SIGKILL'))
  await back()
  const hung = await to('second', () => process.kill(first.daemon.pid, 'SIGSTOP'))
  await to('first', () => process.kill(first.daemon.pid, 'SIGCONT'))
  await pause(servedMs)
  const withoutLines = await to('second', () => house.takeInternetFrom(first))
  await to('first', () => house.giveInternetBack())
  await stream.stop()
  const withoutPower = await measurePower(house)
  return { stopped, returned, killed, hung, withoutLines, withoutPower }
}

async function measurePower(house: PairHouse): Promise<Takeover> {
  const { first } = house
  const stream = await house.lab.client(1).startStream({ everyMs })
  const cause = () => house.cutPower(first)
  const measured = await takeover(house, { stream, name: 'second', cause })
  await takeover(house, { stream, name: 'first', cause: () => house.plugIn(first) })
  await stream.stop()
  return measured
}

interface Wanted {
  readonly stream: EchoStream
  /** Who serves then. */
  readonly name: 'first' | 'second'
  readonly cause: () => unknown
}

async function takeover(house: PairHouse, { stream, name, cause }: Wanted): Promise<Takeover> {
  const beforeMs = monotonicMs()
  const done = cause()
  const servedMs = await house.waitUntilServing(name, 60_000)
  await done
  const settledMs = monotonicMs() + settlingMs
  const { atMs } = await stream.waitForAnswer({ afterMs: settledMs, deadlineMs: 20_000 })
  return {
    gapMs: stream.longestGapMs(beforeMs, atMs + 1),
    lost: stream.lostBetween(beforeMs, settledMs),
    delayMs: everyMs + stream.longestWaitMs(beforeMs, settledMs),
    tookMs: servedMs - beforeMs,
  }
}

/** A takeover's last packets; what comes then is the other box's. */
const settlingMs = 500
const everyMs = 20
/** A box that has just taken over doesn't give way at once for dead lines. */
const servedMs = 2_000
