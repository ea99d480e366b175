/** Running connections, as the real kernel tracks them and as our sets hold them. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { forgetFlows, listTcpFlows } from '../../../src/kernel/flows/tcp-flows.ts'
import { systemTools } from '../../../src/kernel/tools/run-tool.ts'
import { wanMark } from '../../../src/model/marks.ts'
import type { PolicySettings } from '../../../src/model/settings/settings.ts'
import { examplePolicy } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import type { RealHost } from '../real-host.ts'
import { makeRealHost, nft } from '../real-host.ts'

let host: RealHost
before(async () => {
  host = await makeRealHost()
})
after(() => host.close())

const both = ['ipv4', 'ipv6'] as const
const own = { addresses: [] }

function track(words: string): void {
  execFileSync('conntrack', ['-I', ...words.split(' '), '--timeout', '300'], { stdio: 'ignore' })
}

function tools() {
  return { tools: systemTools, log: new RecordedLog(), host: own }
}

function tracked(): string[] {
  const listing = execFileSync('conntrack', ['-L'], { encoding: 'utf8', stdio: 'pipe' })
  return [...listing.matchAll(/^(\w+) .*? sport=(\d+)/gm)].map(
    ([, kind, port]) => `${kind} ${port}`,
  )
}

test('of a WAN are those with its mark, and those in its sets; what came in is told from inside', async () => {
  nft(`add table inet wan_failover {
    set flows_primary_ipv4 {
      type ipv4_addr . inet_service . ipv4_addr . inet_service; flags dynamic,timeout; timeout 1h
      elements = { 192.168.1.50 . 40000 . 203.0.113.1 . 443 }
    }
    set flows_primary_ipv6 {
      type ipv6_addr . inet_service . ipv6_addr . inet_service; flags dynamic,timeout; timeout 1h
      elements = { fd00::50 . 40001 . 2001:db8::1 . 80 }
    }
  }`)
  const tcp = '-p tcp -s 192.168.1.60 -d 203.0.113.1 --dport 443'
  track(`${tcp} --sport 41000 --state ESTABLISHED --mark ${wanMark(0)}`)
  track(`${tcp} --sport 41001 --state ESTABLISHED --mark ${wanMark(1)}`)
  track(`${tcp} --sport 41002 --state SYN_SENT --mark ${wanMark(0)}`)
  const inbound = '-p tcp -s 198.51.100.9 -d 192.168.1.2 --sport 443 --dport 42000'
  track(`${inbound} --state ESTABLISHED --mark ${wanMark(0) + 7}`)
  const sets = ['flows_primary_ipv4', 'flows_primary_ipv6', 'flows_that_are_not_there']
  const flows = await listTcpFlows(
    { mark: wanMark(0), families: both, sets },
    { ...tools(), host: { addresses: [{ ...address, address: '192.168.1.2' }] } },
  )
  const text = flows.map(({ from, fromPort, to, toPort }) => `${from} ${fromPort} ${to} ${toPort}`)
  assert.deepEqual(text.toSorted(), [
    '192.168.1.2 42000 198.51.100.9 443',
    '192.168.1.50 40000 203.0.113.1 443',
    '192.168.1.60 41000 203.0.113.1 443',
    'fd00::50 40001 2001:db8::1 80',
  ])
})

test('that run are never forgotten; what only asks is where it is wanted, and all UDP', async () => {
  track(`-p udp -s 192.168.1.60 -d 203.0.113.1 --sport 43000 --dport 53 --mark ${wanMark(0)}`)
  track(`-p udp -s 192.168.1.60 -d 203.0.113.1 --sport 43001 --dport 53 --mark ${wanMark(1)}`)
  await forgetFlows({ mark: wanMark(0), families: both, asked: false }, tools())
  const left = ['tcp 41000', 'tcp 41001', 'tcp 42000', 'udp 43001']
  const ports = () => tracked().filter((flow) => / 4\d{4}$/.test(flow) || flow === 'tcp 443')
  const named = () =>
    ports()
      .map((flow) => (flow === 'tcp 443' ? 'tcp 42000' : flow))
      .toSorted()
  assert.deepEqual(named(), [...left, 'tcp 41002'].toSorted())
  await forgetFlows({ mark: wanMark(0), families: both, asked: true }, tools())
  assert.deepEqual(named(), left)
})

test('of some policies only are forgotten where these are named', async () => {
  const flow = (from: string, port: number) =>
    track(`-p udp -s ${from} -d 203.0.113.9 --sport ${port} --dport 5060 --mark ${wanMark(3)}`)
  flow('192.168.1.60', 45000)
  flow('192.168.1.61', 45001)
  const policies: readonly PolicySettings[] = [
    { ...examplePolicy('phone', []), from: [{ kind: 'address', cidr: '192.168.1.60' }] },
  ]
  const only = { policies, names: ['phone'], own: [], macs: new Map() }
  await forgetFlows({ mark: wanMark(3), families: both, asked: true, only }, tools())
  assert.deepEqual(
    tracked().filter((line) => / 4500\d$/.test(line)),
    ['udp 45001'],
  )
})

const address = {
  family: 'ipv4',
  link: 'eth0',
  prefixLength: 24,
  scope: 'global',
  usable: true,
} as const
