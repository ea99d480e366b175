/** Run by mark-check.test.ts without capabilities: prints what the probes then say. */
import { probeMark } from '../../src/model/marks.ts'
import type { ProbeOutcome } from '../../src/model/probe.ts'
import { hearLines } from '../../src/probe/lines/hear-lines.ts'
import { askOnce, type OneAnswer } from '../../src/probe/one-question.ts'
import { createProber } from '../../src/probe/prober.ts'
import { loadLibc } from '../../src/probe/sockets/libc.ts'
import { checkMarks, type MarkCheck } from '../../src/probe/sockets/mark-check.ts'
import { setMark } from '../../src/probe/sockets/raw-socket.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { probedWans, proberSettings } from './start-prober.ts'

export interface Unprivileged {
  readonly check: MarkCheck
  /** On a UDP socket, which anybody may open. */
  readonly mark: string | null
  readonly probe: ProbeOutcome
  readonly question: OneAnswer
  /** Why it can't search for lines. */
  readonly search: string | null
}

const said: Unprivileged = {
  check: checkMarks(probeMark(0)),
  mark: markUdp(),
  probe: await probeOnce(),
  question: await askOnce({ wan: 0, family: 'ipv4', target: '1.1.1.1', timeoutMs: 1000 }),
  search: await searchOnLoopback(),
}
process.stdout.write(JSON.stringify(said))

async function searchOnLoopback(): Promise<string | null> {
  const nothing = { direct: false, linkLocal: null, global6: [] }
  const mac = '00:00:00:00:00:00'
  const link = { name: 'lo', index: 1, mac, subnets: [{ own: '127.0.0.1', ask: [] }], ...nothing }
  const plan = { links: [link], gateways: [], routers6: [], targets6: [], dnsName: 'dns.google' }
  const { trouble } = await hearLines({ ...plan, targets: ['1.1.1.1'] }, () => {})
  return trouble
}

function markUdp(): string | null {
  const load = loadLibc()
  if (load.kind === 'missing') return load.reason
  const [ipv4, datagram] = [2, 2]
  return setMark(load.libc, load.libc.socket(ipv4, datagram, 0), probeMark(0))
}

function probeOnce(): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const prober = createProber({
      wans: probedWans.slice(0, 1),
      settings: proberSettings,
      log: new RecordedLog(),
      listener: ({ outcome }) => {
        prober.close()
        resolve(outcome)
      },
      onForged: () => undefined,
    })
    const target = { family: 'ipv4', target: '1.1.1.1', link: 'up0' } as const
    prober.send({ id: 1, wan: 0, method: 'icmp', small: false, ...target })
  })
}
