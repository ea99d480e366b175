/**
 * The WAN in use fails, and with it the only resolver, its router's: how long after the failover
 * are names resolved again, for the host and for a client behind it.
 */
import { NamesHouse, routersAnswer } from '../../house/names-house.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

interface NamesRun {
  /** From the fault, of the last one that is answered. */
  readonly fromFaultMs: number
  /** From the moment that the daemon tells of the failover. */
  readonly fromFailoverMs: number
}

export async function measureNames(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<NamesHouse, NamesRun> = {
    name: 'names',
    open: () => NamesHouse.open({ topology: 'one-subnet' }),
    measure: measureRun,
    describe: ({ fromFailoverMs }) => `${Math.round(fromFailoverMs)} ms after the failover`,
  }
  const { done, failures } = await measureBlocks(measurement, {
    ...settings,
    runs: settings.fewRuns,
  })
  const row = { unit: 'ms', failures } as const
  return {
    rows: [
      {
        ...row,
        id: 'names',
        title:
          "the only resolver dies with its line: names after the failover, host's and client's",
        samples: done.map(({ fromFailoverMs }) => fromFailoverMs),
        limit: { median: 2000 },
      },
      {
        ...row,
        id: 'names-fault',
        title: 'the only resolver dies with its line: names, from the fault',
        samples: done.map(({ fromFaultMs }) => fromFaultMs),
        limit: null,
      },
    ],
    runs: done,
  }
}

async function measureRun(names: NamesHouse, run: number): Promise<NamesRun> {
  await pause(phaseMs(run))
  const { beforeMs, event } = await names.break()
  const answers = await names.answeredAfter(beforeMs)
  const lastMs = Math.max(...answers.map(({ answeredMs }) => answeredMs))
  const back = await names.mend()
  await names.answeredAfter(back.event.seenMs, routersAnswer)
  await names.house.waitUntilUp()
  return {
    fromFaultMs: lastMs - beforeMs,
    fromFailoverMs: Math.max(0, lastMs - event.seenMs),
  }
}
