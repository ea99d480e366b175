/** The test failover's switch, turned on and off over MQTT with both WANs healthy. */
import { House } from '../../house/house.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import { type Arrival, ClientStreams, type Loss } from '../instruments/client-streams.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

interface SwitchRun {
  readonly on: Arrival
  /** Of new flows: running ones stay where they are. */
  readonly offMs: number
  readonly switchMs: number | null
  readonly lost: Loss
}

const eventDeadlineMs = 10_000
const afterSwitchMs = 500

export async function measureSwitches(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<House, SwitchRun> = {
    name: 'switch',
    open: () => House.open({ topology: 'one-subnet' }),
    measure: measureSwitch,
    describe: ({ on, offMs }) => `on ${Math.round(on.bothMs)} ms, off ${Math.round(offMs)} ms`,
  }
  const { done, failures } = await measureBlocks(measurement, settings)
  const row = { unit: 'ms', failures, limit: null } as const
  return {
    rows: [
      {
        ...row,
        id: 'switch',
        title: 'test failover by MQTT: running stream and new connection by the secondary',
        samples: done.map(({ on }) => on.bothMs),
        limit: { median: 250 },
      },
      {
        ...row,
        id: 'switch-off',
        title: 'test failover ended by MQTT: new connections back on the primary',
        samples: done.map(({ offMs }) => offMs),
      },
      {
        ...row,
        id: 'switch-lost',
        title: 'test failover, on and off: packets and connections lost',
        unit: 'count',
        samples: done.map(({ lost }) => lost.running + lost.new),
      },
    ],
    runs: done,
  }
}

async function measureSwitch({ lab, mqtt }: House, run: number): Promise<SwitchRun> {
  await using streams = await ClientStreams.start(lab.client(1))
  await streams.assertCalmThrough(1)
  await pause(phaseMs(run))

  const onMs = monotonicMs()
  await mqtt.publish('test_failover/set', 'ON')
  const on = await streams.firstThrough(2, onMs)
  const started = await mqtt.waitForEvent('test_started', {
    afterMs: onMs,
    deadlineMs: eventDeadlineMs,
  })
  await mqtt.waitForState(({ active, test_failover: test }) => active === 'secondary' && test.on, {
    deadlineMs: eventDeadlineMs,
    what: 'the test failover in the state',
  })
  await assertDefaultTable(lab.host, '101')

  const endMs = monotonicMs()
  await mqtt.publish('test_failover/set', 'OFF')
  const offMs = await streams.newThrough(1, endMs)
  await mqtt.waitForEvent('test_ended', { afterMs: endMs, deadlineMs: eventDeadlineMs })
  await mqtt.waitForState(({ active, test_failover: test }) => active === 'primary' && !test.on, {
    deadlineMs: eventDeadlineMs,
    what: "the test failover's end in the state",
  })
  await assertDefaultTable(lab.host, '100')
  const lost = await streams.lostBetween(onMs, monotonicMs() + afterSwitchMs)
  return { on, offMs, switchMs: started.switch_ms, lost }
}
