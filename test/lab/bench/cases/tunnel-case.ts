/**
 * What runs in a tunnel while its line dies or is changed, and what is lost on two lines at once;
 * real WireGuard, 20 ms lines where there is one at a time. engarde, which also sends each packet by
 * several lines, stands beside none of it: the Go module proxy doesn't hand it out.
 */
import { ServerLab } from '../../../server/lab/server-lab.ts'
import { BothHouse } from '../../house/both-house.ts'
import { TunnelHouse } from '../../house/tunnel-house.ts'
import type { EchoStream } from '../../measure/echo-stream.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import type { CaseResult, Limit, Row } from '../result/row.ts'

interface RoamingRun {
  readonly silentMs: number
  readonly onMs: number
  readonly offMs: number
}

interface Silence {
  readonly lost: number
  readonly longestGapMs: number
}

interface BothRun {
  /** The pings of a house without a fault: what the machine itself holds up. */
  readonly calmGapMs: number
  readonly silences: readonly Silence[]
  /** Of packets one way, with 30 % lost on each line. */
  readonly lostPercent: number
}

export async function measureTunnel(settings: BenchSettings): Promise<CaseResult> {
  const few = { ...settings, runs: settings.fewRuns }
  const roaming = await measureBlocks(roamingMeasurement, few)
  const both = await measureBlocks(bothMeasurement, few)
  const oneLine = rowsOf('a tunnel', roaming)
  const twoLines = rowsOf('a tunnel on two lines', both)
  const silences = (pick: (silence: Silence) => number) => (run: BothRun) => run.silences.map(pick)
  return {
    rows: [
      oneLine('silent', 'ms', {
        title: 'its line falls silent: the gap inside',
        // Detection, and 150 ms for the change.
        limit: { worst: 850 },
        samples: ({ silentMs }) => [silentMs],
      }),
      oneLine('switch', 'ms', {
        title: 'test failover, on and off: the gap inside',
        limit: { worst: 100 },
        samples: ({ onMs, offMs }) => [onMs, offMs],
      }),
      twoLines('both-lost', 'count', {
        title: 'either falls silent: lost of 1,000 packets',
        limit: { worst: 0 },
        samples: silences(({ lost }) => lost),
      }),
      twoLines('both-gap', 'ms', {
        title: 'either falls silent: the longest gap inside',
        limit: { worst: 40 },
        samples: silences(({ longestGapMs }) => longestGapMs),
      }),
      twoLines('both-calm', 'ms', {
        title: 'nothing happens: the longest gap inside',
        limit: null,
        samples: ({ calmGapMs }) => [calmGapMs],
      }),
      twoLines('both-loss', '%', {
        title: '30 % lost on both, one way: lost inside',
        limit: { worst: 13 },
        samples: ({ lostPercent }) => [lostPercent],
      }),
    ],
    runs: [...roaming.done, ...both.done],
  }
}

interface RowWords<Run> {
  readonly title: string
  readonly limit: Limit | null
  readonly samples: (run: Run) => readonly number[]
}

function rowsOf<Run>(
  what: string,
  { done, failures }: { readonly done: readonly Run[]; readonly failures: readonly string[] },
) {
  return (id: string, unit: Row['unit'], { title, limit, samples }: RowWords<Run>): Row => ({
    ...{ id: `tunnel-${id}`, title: `${what}: ${title}`, unit, limit, failures },
    samples: done.flatMap(samples),
  })
}

const roamingMeasurement: Measurement<TunnelHouse, RoamingRun> = {
  name: 'tunnel, one line at a time',
  open: () => TunnelHouse.open(),
  measure: measureRoaming,
  describe: (run) => JSON.stringify(run),
}

async function measureRoaming(house: TunnelHouse): Promise<RoamingRun> {
  const { lab, mqtt } = house
  const stream = await lab.client(1).startStream()
  const move = async (cause: () => Promise<unknown>, wan: 1 | 2) => {
    const fromMs = monotonicMs()
    await cause()
    await house.waitForLine(wan)
    return answeredGap(stream, fromMs)
  }
  const silentMs = await move(() => lab.fault({ wan: 1, kind: 'upstream-silent' }), 2)
  await move(() => lab.repair(1), 1)
  const onMs = await move(() => mqtt.publish('test_failover/set', 'ON'), 2)
  const offMs = await move(() => mqtt.publish('test_failover/set', 'OFF'), 1)
  await stream.stop()
  return { silentMs, onMs, offMs }
}

/** The longest gap until some answers have come again. */
async function answeredGap(stream: EchoStream, fromMs: number): Promise<number> {
  const afterMs = monotonicMs() + settlingMs
  const { atMs } = await stream.waitForAnswer({ afterMs, deadlineMs: 20_000 })
  return stream.longestGapMs(fromMs, atMs + 1)
}

const bothMeasurement: Measurement<TwoLines, BothRun> = {
  name: 'tunnel, two lines at once',
  open: () => TwoLines.open(),
  measure: (lines) => lines.measure(),
  describe: (run) => JSON.stringify(run),
}

class TwoLines {
  readonly #lab: ServerLab
  readonly #house: BothHouse

  private constructor(lab: ServerLab, house: BothHouse) {
    this.#lab = lab
    this.#house = house
  }

  static async open(): Promise<TwoLines> {
    const lab = await ServerLab.open()
    try {
      return new TwoLines(lab, await BothHouse.open(lab))
    } catch (error) {
      await lab[Symbol.asyncDispose]()
      throw error
    }
  }

  async measure(): Promise<BothRun> {
    const calm = await this.#house.ping(1_000)
    const silences: Silence[] = []
    for (const line of ['home-1', 'home-2']) {
      const pinging = this.#house.ping(1_000)
      await this.#lab.silence(line, true)
      const { lost, longestGapMs } = await pinging
      silences.push({ lost, longestGapMs })
      await this.#lab.silence(line, false)
      await this.#house.waitUntilBoth()
    }
    await this.#lose(30)
    const { lost } = await this.#house.ping(1_000)
    await this.#lose(0)
    return { calmGapMs: calm.longestGapMs, silences, lostPercent: lost / 10 }
  }

  async #lose(percent: number): Promise<void> {
    for (const line of ['home-1', 'home-2']) {
      const table = `table ip loss-${line}`
      const chain = `chain c {
        type filter hook prerouting priority -300
        iifname "${line}" numgen random mod 100 < ${percent} drop
      }`
      await this.#lab.internet.nft(`${table} { }\ndelete ${table}\n${table} {\n${chain}\n}`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#house[Symbol.asyncDispose]()
    await this.#lab[Symbol.asyncDispose]()
  }
}

/** The last packets by the line that is left. */
const settlingMs = 300
