/**
 * Prints what a probe of each method costs: `node test/probe/measure-cpu.ts`. No test: figures
 * depend on the machine.
 */
import '../lab/enter-namespace.ts'
import { probeMethods } from '../../src/model/probe.ts'
import { createProber } from '../../src/probe/prober.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { probedWans, proberSettings } from './start-prober.ts'
import { TwoUplinks } from './two-uplinks.ts'

const seconds = 4
const perSecond = 30
const lab = await TwoUplinks.start()
for (const method of [...probeMethods, 'neighbour'] as const) {
  const rtts: number[] = []
  const prober = createProber({
    wans: probedWans,
    settings: proberSettings,
    log: new RecordedLog(),
    onForged: () => undefined,
    listener: ({ outcome }) => {
      if (outcome.kind === 'answered') rtts.push(outcome.rttMs)
    },
  })
  let id = 0
  const send = (): void => {
    for (const wan of [0, 1]) {
      id += 1
      const target = method === 'neighbour' ? lab.uplink(wan).gateway : '1.1.1.1'
      const to = { family: 'ipv4', target, link: lab.uplink(wan).link, small: false } as const
      prober.send({ id, wan, method, ...to })
    }
  }
  const timer = setInterval(send, 2000 / perSecond)
  await wait(500)
  const sentBefore = id
  const before = process.cpuUsage()
  await wait(seconds * 1000)
  const used = process.cpuUsage(before)
  clearInterval(timer)
  prober.close()
  const sent = id - sentBefore
  const cpuMs = (used.user + used.system) / 1000
  rtts.sort((a, b) => a - b)
  const [median, late] = [rtts[rtts.length >> 1], rtts[Math.floor(rtts.length * 0.95)]]
  process.stdout.write(
    `${method.padEnd(10)} ${(cpuMs / sent).toFixed(3)} ms CPU a probe, ` +
      `${((cpuMs / seconds / 1000) * 100).toFixed(2)} % of a core at ${perSecond} a second, ` +
      `rtt p50 ${median?.toFixed(2)} p95 ${late?.toFixed(2)} ms, ${rtts.length} of ${id} answered\n`,
  )
}
lab.stop()

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
