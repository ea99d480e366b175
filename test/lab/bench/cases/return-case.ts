/**
 * All lines are down, and the one that traffic is not on returns: how soon does a client's new
 * connection stand by it. It was the last choice, so somebody has to move. The same after a start in
 * the dark, when nothing is known of any line.
 */
import { House } from '../../house/house.ts'
import { FreshConnections } from '../../measure/fresh-connections.ts'
import type { Topology } from '../../network/plan.ts'
import { type BenchSettings, pathMs } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

interface ReturnRun {
  readonly newMs: number
  /** Until the daemon calls it up. */
  readonly upMs: number
}

const deadlineMs = 30_000
/** An outage, not a blink. */
const darkMs = 3_000

interface Darkness {
  readonly id: string
  readonly name: string
  readonly topology: Topology
  /** Resolves when the daemon knows that every line is down. */
  readonly fall: (house: House) => Promise<void>
}

const darknesses: readonly Darkness[] = [
  {
    id: 'return',
    name: 'all down, the secondary returns',
    topology: 'one-subnet',
    fall: loseBoth,
  },
  {
    id: 'dark-start',
    name: 'started with all down, the secondary returns',
    // On one subnet the host would point clients to the dead router while no daemon runs.
    topology: 'two-interfaces',
    fall: startInTheDark,
  },
]

export async function measureReturns(settings: BenchSettings): Promise<CaseResult> {
  const results: CaseResult[] = []
  for (const darkness of darknesses) results.push(await measureDarkness(darkness, settings))
  return {
    rows: results.flatMap(({ rows }) => rows),
    runs: results.flatMap(({ runs }) => runs),
  }
}

async function measureDarkness(darkness: Darkness, settings: BenchSettings): Promise<CaseResult> {
  const { id, name, topology, fall } = darkness
  const measurement: Measurement<House, ReturnRun> = {
    name: id,
    open: () => House.open({ topology, pathMs }),
    measure: (house, run) => measureReturn(house, run, fall),
    describe: ({ newMs, upMs }) => `new ${Math.round(newMs)} ms, up after ${Math.round(upMs)} ms`,
  }
  const { done, failures } = await measureBlocks(measurement, settings)
  return {
    rows: [
      {
        id,
        title: `${name} → new TCP connection by it`,
        unit: 'ms',
        samples: done.map(({ newMs }) => newMs),
        failures,
        limit: { median: 600 },
      },
      {
        id: `${id}-up`,
        title: `${name}: up, as the daemon says`,
        unit: 'ms',
        samples: done.map(({ upMs }) => upMs),
        failures,
        limit: null,
      },
    ],
    runs: done,
  }
}

async function loseBoth({ lab, mqtt }: House): Promise<void> {
  const second = await lab.fault({ wan: 2, kind: 'upstream-silent' })
  await mqtt.waitForEvent('wan_down', { afterMs: second.beforeMs, deadlineMs })
  const first = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await mqtt.waitForEvent('all_down', { afterMs: first.beforeMs, deadlineMs })
}

async function startInTheDark(house: House): Promise<void> {
  const { lab, mqtt } = house
  await house.daemon.end('SIGTERM')
  await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await lab.fault({ wan: 2, kind: 'upstream-silent' })
  house.startAgain()
  await mqtt.waitForState(
    ({ wans }) => Object.values(wans).every(({ state }) => state === 'down'),
    { deadlineMs, what: 'both lines down from the start' },
  )
}

async function measureReturn(
  house: House,
  run: number,
  fall: Darkness['fall'],
): Promise<ReturnRun> {
  const { lab, mqtt } = house
  await assertDefaultTable(lab.host, '100')
  const connections = await FreshConnections.start(lab.client(1))
  await fall(house)
  try {
    await pause(darkMs + phaseMs(run))
    const { beforeMs } = await lab.repair(2)
    const stoodMs = await connections.waitForWan(2, { afterMs: beforeMs, deadlineMs })
    const up = await mqtt.waitForEvent('wan_up', { afterMs: beforeMs, deadlineMs })
    return { newMs: stoodMs - beforeMs, upMs: up.seenMs - beforeMs }
  } finally {
    await connections.stop()
    const mended = await lab.repair(1)
    await mqtt.waitForState(({ active }) => active === 'primary', {
      deadlineMs,
      what: `the primary in use again, mended at ${mended.beforeMs}`,
    })
    await house.waitUntilUp()
  }
}
