/** This machine's own UDP, as the real kernel tracks it. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { forgetOwnFlows } from '../../../src/kernel/flows/own-flows.ts'
import { systemTools } from '../../../src/kernel/tools/run-tool.ts'
import { wanMark } from '../../../src/model/marks.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import type { RealHost } from '../real-host.ts'
import { makeRealHost, nft } from '../real-host.ts'

let host: RealHost
before(async () => {
  host = await makeRealHost()
})
after(() => host.close())

const question = {
  mark: wanMark(2),
  families: ['ipv4', 'ipv6'],
  sources: ['192.168.1.2', 'fd00::2'],
} as const

function track(kind: string, from: string, port: number, words = '', wan = 2): void {
  const to = from.includes(':') ? '2001:db8::9' : '203.0.113.9'
  const flow = `-p ${kind} -s ${from} -d ${to} --sport ${port} --dport 53 --mark ${wanMark(wan)}`
  const args = `-I ${flow} --timeout 300 ${words}`.trim().split(' ')
  execFileSync('conntrack', args, { stdio: 'ignore' })
}

function trackedPorts(): number[] {
  const listed = (['ipv4', 'ipv6'] as const).map((family) =>
    execFileSync('conntrack', ['-L', '-f', family], { encoding: 'utf8', stdio: 'pipe' }),
  )
  const ports = [...listed.join('').matchAll(/^\w+ .*? sport=(\d+)/gm)]
  return ports.map(([, port]) => Number(port)).toSorted()
}

test('is forgotten by its addresses and noted first; leases, clients, TCP and other WANs stay', async () => {
  nft(`add table inet wan_failover {
    set freed_flows_ipv4 { type ipv4_addr . inet_service . inet_service; timeout 1m; }
    set freed_flows_ipv6 { type ipv6_addr . inet_service . inet_service; timeout 1m; }
  }`)
  track('udp', '192.168.1.2', 44_000)
  track('udp', 'fd00::2', 44_001)
  track('udp', '192.168.1.2', 68)
  track('udp', '192.168.1.60', 44_002)
  track('tcp', '192.168.1.2', 44_003, '--state SYN_SENT')
  track('tcp', 'fd00::2', 44_004, '--state SYN_SENT')
  track('udp', 'fd00::2', 44_005, '', 1)
  await forgetOwnFlows(question, { tools: systemTools, log: new RecordedLog() })
  assert.deepEqual(trackedPorts(), [44_002, 44_003, 44_004, 44_005, 68])
  const sets = nft('list table inet wan_failover')
  const noted = [...sets.matchAll(/([\da-f.:]+ \. \d+ \. \d+) (?:timeout \S+ )?expires/g)]
  assert.deepEqual(
    noted.map(([, flow]) => flow),
    ['203.0.113.9 . 53 . 44000', '2001:db8::9 . 53 . 44001'],
  )
  nft('delete table inet wan_failover')
})

test('is forgotten where there is no set to note it in', async () => {
  track('udp', '192.168.1.2', 44_006)
  const log = new RecordedLog()
  await forgetOwnFlows(question, { tools: systemTools, log })
  assert.ok(!trackedPorts().includes(44_006))
})
