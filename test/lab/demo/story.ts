/**
 * The story, step by step: what is done to the house, what the viewer is told, what is measured
 * and what it may be at most. A step that comes to no result ends the story, but for the clean
 * stop, which is always tried.
 */

import { bothUp } from '../house/mqtt-house.ts'
import type { EchoStream } from '../measure/echo-stream.ts'
import { monotonicMs } from '../measure/monotonic.ts'
import type { DemoHouse } from './demo-house.ts'
import type { StepResult } from './demo-state.ts'
import { dumpDifference, hostDump } from './host-dump.ts'

export interface Teller {
  /** The chapter's number stays until the next title. */
  tell(title: string, sentence: string): void
  note(result: StepResult): void
  /** Lets the viewer look: `viewMs` of a step is at least what its measurement needs. */
  look(ms: number): Promise<void>
}

export interface StoryOptions {
  readonly house: DemoHouse
  readonly teller: Teller
  /** How long a viewer looks at each chapter. */
  readonly viewMs: number
}

export const chapters = 6

/** The issue's own numbers: what a client may notice. */
const maxFailoverMs = 2000
const maxTestMs = 250
const stepDeadlineMs = 20_000
/** After a flip: what comes late would be a loss by then. */
const aftermathMs = 700

interface Step {
  readonly step: string
  readonly expected: string
  run(told: Told): Promise<{ measured: string; ok: boolean }>
}

interface Told extends StoryOptions {
  readonly stream: EchoStream
}

export async function tellStory(options: StoryOptions): Promise<void> {
  const stream = await begin(options)
  let reached = stream !== null
  for (const { step, expected, run } of steps) {
    const outcome =
      reached && stream !== null
        ? await run({ ...options, stream }).catch((error: unknown) => failed(error))
        : { measured: 'not reached', ok: false, ended: true }
    reached = !('ended' in outcome)
    options.teller.note({ step, expected, measured: outcome.measured, ok: outcome.ok })
    if (reached) await options.teller.look(options.viewMs)
  }
}

async function begin({ house, teller, viewMs }: StoryOptions): Promise<EchoStream | null> {
  const expected = `at most ${stepDeadlineMs / 1000} s`
  const step = 'both WANs up'
  teller.tell('Both lines live', 'The daemon starts and asks each gateway for the Internet.')
  const startedMs = monotonicMs()
  try {
    house.startDaemon()
    await house.mqtt.waitForState(bothUp, { deadlineMs: stepDeadlineMs, what: 'both WANs are up' })
    const ms = monotonicMs() - startedMs
    teller.note({ step, expected, measured: `after ${(ms / 1000).toFixed(1)} s`, ok: true })
    const stream = await house.startStream()
    teller.tell(
      'Both lines live',
      'Both lines work. A client asks a server on the Internet something, 100 times a second; ' +
        'host and client use the primary, by gateway 1.',
    )
    await teller.look(viewMs)
    return stream
  } catch (error) {
    teller.note({ step, expected, ...failed(error) })
    return null
  }
}

const steps: readonly Step[] = [
  {
    step: 'failover',
    expected: `at most ${maxFailoverMs} ms`,
    async run({ house, teller, stream }) {
      const title = 'The primary’s line dies'
      teller.tell(title, 'Behind gateway 1 all is silent; the gateway itself still answers.')
      const cutMs = await house.cut(1)
      const first = await stream.waitForWan(2, { afterMs: cutMs, deadlineMs: stepDeadlineMs })
      const ms = Math.ceil(first.sentMs - cutMs)
      teller.tell(title, `The house is online again, through gateway 2, after ${ms} ms.`)
      return { measured: `${ms} ms at the client`, ok: ms <= maxFailoverMs }
    },
  },
  {
    step: 'failback',
    expected: '0 packets lost',
    async run({ house, teller, stream }) {
      const title = 'The line is mended'
      teller.tell(
        title,
        'Gateway 1 reaches the Internet again. The daemon lets it prove itself (5 rounds of ' +
          'answers and 2 s more) before anybody is moved back.',
      )
      const mendedMs = await house.mend(1)
      const back = await stream.waitForWan(1, { afterMs: mendedMs, deadlineMs: stepDeadlineMs })
      await teller.look(aftermathMs)
      const { lost, sent } = losses(stream, mendedMs, back.sentMs + aftermathMs / 2)
      const seconds = ((back.sentMs - mendedMs) / 1000).toFixed(1)
      teller.tell(title, `Back on the primary after ${seconds} s, and ${lostWords(lost)}.`)
      return { measured: `${lost} of ${sent} lost`, ok: lost === 0 }
    },
  },
  {
    step: 'test failover by MQTT',
    expected: `at most ${maxTestMs} ms`,
    async run({ house, teller, stream }) {
      const title = 'A failover test'
      teller.tell(title, 'Home Assistant’s switch “test failover” is turned on, over MQTT.')
      const { ms } = await turnTest('ON', { house, stream })
      teller.tell(title, `The client uses the secondary after ${ms} ms, though both lines work.`)
      return { measured: `${ms} ms at the client`, ok: ms <= maxTestMs }
    },
  },
  {
    step: 'end of the test',
    expected: `at most ${maxTestMs} ms`,
    async run({ house, teller, stream }) {
      const title = 'The test ends'
      teller.tell(title, 'The switch is turned off: the end of a test waits for nothing.')
      const { askedMs, first, ms } = await turnTest('OFF', { house, stream })
      await teller.look(aftermathMs)
      const { lost } = losses(stream, askedMs, first.sentMs + aftermathMs / 2)
      teller.tell(title, `Back on the primary after ${ms} ms, and ${lostWords(lost)}.`)
      return { measured: `${ms} ms, ${lost} lost`, ok: ms <= maxTestMs }
    },
  },
]

/** The last chapter. Gives what the daemon left behind or took along, as lines. */
export async function stopCleanly({ house, teller, viewMs }: StoryOptions): Promise<string[]> {
  const step = 'clean stop'
  const expected = 'host as before'
  const title = 'A clean stop'
  teller.tell(title, 'The daemon is told to stop, and takes everything of its own away.')
  try {
    const code = await house.stopDaemon()
    const difference = dumpDifference(house.dumpBefore, await hostDump(house.lab.host))
    const dumps = difference.length === 0 ? 'dumps equal' : `dumps differ by ${difference.length}`
    const ok = code === 0 && difference.length === 0
    teller.note({ step, expected, measured: `exit code ${code}, ${dumps}`, ok })
    const sentence = ok ? 'are as they were before it started' : 'are not as they were before'
    teller.tell(title, `It ended with code ${code}; rules, routes and nft tables ${sentence}.`)
    await teller.look(viewMs)
    return difference
  } catch (error) {
    teller.note({ step, expected, ...failed(error) })
    return []
  }
}

/** The switch is turned, and `first` is the first packet that was answered by the other line. */
async function turnTest(to: 'ON' | 'OFF', { house, stream }: Pick<Told, 'house' | 'stream'>) {
  const askedMs = monotonicMs()
  await house.mqtt.publish('test_failover/set', to)
  const wait = { afterMs: askedMs, deadlineMs: stepDeadlineMs }
  const first = await stream.waitForWan(to === 'ON' ? 2 : 1, wait)
  return { askedMs, first, ms: Math.ceil(first.sentMs - askedMs) }
}

/** Packets of the client that were sent between the two times. */
function losses(stream: EchoStream, fromMs: number, toMs: number): { lost: number; sent: number } {
  return {
    lost: stream.lostBetween(fromMs, toMs),
    sent: stream.between(fromMs, toMs).length,
  }
}

function lostWords(lost: number): string {
  if (lost === 0) return 'not one packet was lost'
  return lost === 1 ? 'one packet was lost' : `${lost} packets were lost`
}

function failed(error: unknown): { measured: string; ok: false; ended: true } {
  const said = error instanceof Error ? error.message : String(error)
  return { measured: said.split(/[;\n]/)[0] ?? said, ok: false, ended: true }
}
