/** A prober for a test, what it reports kept by request, and waiting with a deadline. */
import assert from 'node:assert/strict'
import type { Log } from '../../src/model/log.ts'
import type {
  ForgedAnswers,
  ProbeOutcome,
  ProbeRequest,
  ProbeResult,
} from '../../src/model/probe.ts'
import type { Prober } from '../../src/probe/port.ts'
import { createProber, type ProberOptions } from '../../src/probe/prober.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { waitFor } from '../wait-for.ts'

export interface Probes {
  readonly prober: Prober
  readonly reportedAfterClose: readonly ProbeResult[]
  readonly forged: readonly ForgedAnswers[]
  send(request: Partial<ProbeRequest>): number
  outcome(id: number): Promise<ProbeOutcome>
  outcomeOf(id: number): ProbeOutcome | undefined
  ask(request: Partial<ProbeRequest>): Promise<ProbeOutcome>
}

export const proberSettings: ProberOptions['settings'] = {
  dnsName: 'dns.example',
  tcpPort: 443,
  httpUrl: 'http://check.example/generate_204',
}

const targets = { ipv4: ['1.1.1.1', '8.8.8.8'], ipv6: ['2606:4700:4700::1111'] }

export const probedWans: ProberOptions['wans'] = [
  { name: 'primary', targets },
  { name: 'secondary', targets },
]

export function startProber(
  t: { after(done: () => void): void },
  settings: Partial<ProberOptions['settings']> = {},
  log: Log = new RecordedLog(),
): Probes {
  const reported = new Map<number, ProbeOutcome>()
  const reportedAfterClose: ProbeResult[] = []
  const forged: ForgedAnswers[] = []
  let nextId = 0
  let closed = false
  const inner = createProber({
    wans: probedWans,
    settings: { ...proberSettings, ...settings },
    log,
    listener: (result) => {
      assert.ok(!reported.has(result.id), `probe ${result.id} was reported twice`)
      reported.set(result.id, result.outcome)
      if (closed) reportedAfterClose.push(result)
    },
    onForged: (answers) => forged.push(answers),
  })
  const prober: Prober = {
    send: (request) => inner.send(request),
    askPublicAddress: (wan) => inner.askPublicAddress(wan),
    askResolver: (question) => inner.askResolver(question),
    askServer: (question) => inner.askServer(question),
    lookUp: (wan, name) => inner.lookUp(wan, name),
    isThere: (wan, address) => inner.isThere(wan, address),
    checkWeb: (wan) => inner.checkWeb(wan),
    poke: (flows) => inner.poke(flows),
    close: () => {
      closed = true
      inner.close()
    },
  }
  t.after(() => prober.close())
  const probes: Probes = {
    prober,
    reportedAfterClose,
    forged,
    send: (request) => {
      nextId += 1
      const target = request.family === 'ipv6' ? '2606:4700:4700::1111' : '1.1.1.1'
      const usual = { method: 'icmp', family: 'ipv4', target, link: '', small: false } as const
      prober.send({ ...usual, wan: 0, ...request, id: nextId })
      return nextId
    },
    outcomeOf: (id) => reported.get(id),
    outcome: async (id) => {
      await waitFor(() => reported.has(id), { what: `probe ${id} is reported` })
      return reported.get(id) as ProbeOutcome
    },
    ask: (request) => probes.outcome(probes.send(request)),
  }
  return probes
}
