/** The reference: the same house, the same fault, the same client, and a ping loop in a shell. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Lab } from '../../lab.ts'
import type { Measurement, Runs } from '../blocks.ts'
import { type Arrival, ClientStreams } from '../instruments/client-streams.ts'
import { assertDefaultTable, failoverPriority } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { Row } from '../result/row.ts'

export const loopMeasurement: Measurement<LoopHouse, Arrival> = {
  name: 'ping loop',
  open: openLoop,
  measure: measureLoop,
  describe: ({ bothMs }) => `${Math.round(bothMs)} ms`,
}

export function loopRow({ done, failures }: Runs<Arrival>): Row {
  return {
    id: 'silent-loop',
    title: 'upstream silent, with a ping loop instead of the daemon',
    unit: 'ms',
    samples: done.map(({ bothMs }) => bothMs),
    failures,
    limit: null,
  }
}

async function openLoop(): Promise<LoopHouse> {
  const lab = await Lab.create({ topology: 'one-subnet' })
  const [first, second] = lab.plan.wans
  // Without this the host's redirects send the clients to the dead gateway for minutes, and no
  // flip reaches them: the loop would have no figure at all.
  for (const scope of ['all', lab.plan.lan.interface]) {
    writeFileSync(`/proc/sys/net/ipv4/conf/${scope}/send_redirects`, '0')
  }
  await lab.host.ip([
    `route add default via ${first.gateway} table 100`,
    `route add default via ${second.gateway} table 101`,
    'rule add priority 9900 fwmark 1 lookup 100',
    'rule add priority 10000 lookup main suppress_prefixlength 0',
    `rule add priority ${failoverPriority} lookup 100`,
  ])
  const script = fileURLToPath(new URL('../instruments/ping-loop.sh', import.meta.url))
  lab.host.spawn('sh', [script, lab.plan.targets[0] ?? ''], { stdio: 'ignore' })
  return new LoopHouse(lab)
}

/** The next setting of this process must find the host as this one did: the rules go too. */
class LoopHouse implements AsyncDisposable {
  readonly lab: Lab

  constructor(lab: Lab) {
    this.lab = lab
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { host } = this.lab
    await this.lab.close()
    await host.ip([
      'rule flush',
      'rule add priority 32766 lookup main',
      'rule add priority 32767 lookup default',
    ])
  }
}

async function measureLoop({ lab }: LoopHouse, run: number): Promise<Arrival> {
  await using streams = await ClientStreams.start(lab.client(1))
  await assertDefaultTable(lab.host, '100')
  await streams.assertCalmThrough(1)
  await pause(phaseMs(run))

  const { beforeMs, afterMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const arrival = await streams.firstThrough(2, beforeMs)
  streams.assertNothingThrough(1, afterMs, beforeMs + arrival.bothMs)

  const repair = await lab.repair(1)
  await streams.firstThrough(1, repair.beforeMs)
  return arrival
}
