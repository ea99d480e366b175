/**
 * A flip with a thousand policies' devices in nft and ten thousand TCP connections: from the wish on
 * MQTT until the first packet of a new flow is on the other WAN. The way of the wish to the daemon
 * and of the packet count too, so the flip itself is less.
 */
import { House } from '../../house/house.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { LabNode } from '../../network/node.ts'
import { target } from '../../network/plan.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

interface LoadedRun {
  readonly flipMs: number
  readonly switchMs: number | null
}

const policyCount = 1_000
const connectionCount = 10_000
const eventDeadlineMs = 20_000

export async function measureLoadedFlips(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<House, LoadedRun> = {
    name: 'flip-loaded',
    open: () => House.open({ topology: 'two-interfaces', options: { policies: policies() } }),
    measure: measureFlip,
    describe: ({ flipMs, switchMs }) =>
      `${Math.round(flipMs)} ms; verified and told after ${switchMs} ms`,
  }
  const { done, failures } = await measureBlocks(measurement, settings)
  const load = `${policyCount} policies, ${connectionCount} TCP connections`
  return {
    rows: [
      {
        id: 'flip-loaded',
        title: `${load}: a new flow's first packet by the other WAN, from the wish on MQTT`,
        unit: 'ms',
        samples: done.map(({ flipMs }) => flipMs),
        failures,
        limit: { median: 50 },
      },
      {
        id: 'flip-loaded-switch',
        title: `${load}: switched and verified, as the daemon says`,
        unit: 'ms',
        samples: done.map(({ switchMs }) => switchMs).filter((ms) => ms !== null),
        failures: [],
        limit: null,
      },
    ],
    runs: done,
  }
}

/** A device each, by turns of four different lists of WANs. */
function policies(): readonly object[] {
  const uses = [['primary', 'secondary'], ['secondary', 'primary'], ['primary'], ['secondary']]
  return Array.from({ length: policyCount }, (_, i) => ({
    name: `device_${i}`,
    from: [`10.77.${Math.floor(i / 250)}.${(i % 250) + 1}`],
    use: uses[i % uses.length],
  }))
}

async function measureFlip({ lab, mqtt }: House, run: number): Promise<LoadedRun> {
  const stream = await lab.client(2).startStream({ everyMs: 2, newFlows: true })
  try {
    await fill(lab.host)
    await assertDefaultTable(lab.host, '100')
    await pause(phaseMs(run))
    const onMs = monotonicMs()
    await mqtt.publish('test_failover/set', 'ON')
    const first = await stream.waitForWan(2, { afterMs: onMs, deadlineMs: eventDeadlineMs })
    const wait = { afterMs: onMs, deadlineMs: eventDeadlineMs }
    const started = await mqtt.waitForEvent('failover', wait)
    await assertDefaultTable(lab.host, '101')
    const offMs = monotonicMs()
    await mqtt.publish('test_failover/set', 'OFF')
    await mqtt.waitForEvent('test_ended', { afterMs: offMs, deadlineMs: eventDeadlineMs })
    await stream.waitForWan(1, { afterMs: offMs, deadlineMs: eventDeadlineMs })
    return { flipMs: first.answer.atMs - onMs, switchMs: started.switch_ms }
  } finally {
    await stream.stop()
  }
}

/** Connections of the first device by WAN 1, put where the kernel keeps them. */
async function fill(host: LabNode): Promise<void> {
  const lines = Array.from({ length: connectionCount }, (_, i) => {
    const port = `--sport ${10_000 + i} --dport 443`
    const state = '--state ESTABLISHED --status ASSURED,SEEN_REPLY --timeout 3600'
    return `-I -p tcp -s 192.168.0.100 -d ${target} ${port} ${state} --mark 0x01000000`
  })
  // What the last run has left of them would be in the way.
  await host.run('conntrack', '-D', '-p', 'tcp', '-s', '192.168.0.100').catch(() => '')
  await host.script(`conntrack -R - <<'END' >/dev/null 2>&1 || true\n${lines.join('\n')}\nEND`)
  const filled = Number(await host.run('conntrack', '-C'))
  if (filled < connectionCount) throw new Error(`only ${filled} connections could be put there`)
}
