/** Tracked flows without an answer, in the real kernel. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { forgetUnanswered } from '../../../src/kernel/flows/unanswered.ts'
import { systemTools } from '../../../src/kernel/tools/run-tool.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { fakeTool } from '../../fakes/fake-tool.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const ours = '--mark 0x01000000'
const client = '-s 192.168.0.50 -d 203.0.113.1'
const translated = '--src-nat 10.1.0.2'

const own6 = '-s 2001:db8:1::50 -d 2001:db8:f::1'

const flows = [
  [`-p udp ${client} --sport 40001 --dport 53 ${ours} ${translated}`, 'UDP, translated'],
  [
    `-p tcp ${client} --sport 40002 --dport 443 --state SYN_SENT ${ours} ${translated}`,
    'TCP, translated',
  ],
  [`-p udp -s 10.1.0.2 -d 203.0.113.1 --sport 40003 --dport 53 ${ours}`, 'UDP of this machine'],
  [`-p udp ${client} --sport 40004 --dport 53 ${ours}`, 'UDP that may be seen half'],
  [
    `-p udp ${client} --sport 40005 --dport 53 ${ours} ${translated} --status SEEN_REPLY`,
    'UDP with an answer',
  ],
  [
    `-p tcp ${client} --sport 40006 --dport 443 --state ESTABLISHED ${ours} ${translated} --status ASSURED,SEEN_REPLY`,
    'TCP that runs',
  ],
  [
    `-p udp ${client} --sport 40007 --dport 53 --mark 0x02000000 --src-nat 10.2.0.2`,
    'UDP of another WAN',
  ],
  [`-p tcp ${own6} --sport 40009 --dport 443 --state SYN_SENT ${ours}`, 'IPv6 TCP of a client'],
  [`-p udp ${own6} --sport 40010 --dport 443 ${ours}`, 'IPv6 UDP that may be seen half'],
  [
    `-p tcp ${own6} --sport 40011 --dport 443 --state SYN_SENT ${ours} --timeout 200`,
    'IPv6 TCP that was asked long ago',
  ],
  [
    `-p udp -s fd00::50 -d 2001:db8:f::1 --sport 40008 --dport 53 ${ours} --src-nat 2001:db8::2`,
    'IPv6',
  ],
] as const

/** What is left of them, by what they are. */
function left(): string[] {
  const listings = ['ipv4', 'ipv6'].map((family) =>
    execFileSync('conntrack', ['-L', '-f', family], { encoding: 'utf8', stdio: 'pipe' }),
  )
  const listing = listings.join('\n')
  return flows
    .filter(([words]) => listing.includes(`sport=${/--sport (\d+)/.exec(words)?.[1]}`))
    .map(([, what]) => what)
}

test('what a WAN has not answered is forgotten, and nothing that runs or may run', async () => {
  for (const [words] of flows) {
    const lasting = words.includes('--timeout') ? [] : ['--timeout', '300']
    const args = ['-I', ...words.split(' '), ...lasting]
    execFileSync('conntrack', args, { stdio: 'ignore' })
  }
  assert.equal(left().length, flows.length)
  const log = new RecordedLog()
  const host = exampleHost([{ name: 'eth1', addresses: ['10.1.0.2/24'] }])
  const tools = { tools: systemTools, log, host }
  await forgetUnanswered({ mark: 0x01000000, families: ['ipv4'] }, tools)
  assert.deepEqual(left(), [
    'UDP that may be seen half',
    'UDP with an answer',
    'TCP that runs',
    'UDP of another WAN',
    'IPv6 TCP of a client',
    'IPv6 UDP that may be seen half',
    'IPv6 TCP that was asked long ago',
    'IPv6',
  ])
  await forgetUnanswered({ mark: 0x01000000, families: ['ipv6'] }, tools)
  assert.deepEqual(left().slice(-2), [
    'IPv6 UDP that may be seen half',
    'IPv6 TCP that was asked long ago',
  ])
  await forgetUnanswered({ mark: 0x01000000, families: ['ipv4', 'ipv6'] }, tools)
  assert.deepEqual(log.lines, [])
})

test('however many they are, one process a family lists them and none deletes them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-conntrack-'))
  const calls = join(folder, 'calls')
  const line = `echo "$1" >>${calls}\nexec conntrack "$@"`
  const conntrack = fakeTool(join(folder, 'conntrack'), line)
  const ports = Array.from({ length: 300 }, (_, i) => 41_000 + i)
  const ends = (port: number) => `${client} --sport ${port} --dport 443`
  const input = ports.map((port) => `-I -p udp ${ends(port)} ${ours} ${translated} --timeout 300\n`)
  execFileSync('sh', ['-c', 'cat | conntrack -R -'], { input: input.join(''), stdio: 'pipe' })
  const log = new RecordedLog()
  const tools = { tools: { ...systemTools, conntrack }, log, host: exampleHost([]) }
  await forgetUnanswered({ mark: 0x01000000, families: ['ipv4', 'ipv6'] }, tools)
  const listing = execFileSync('conntrack', ['-L'], { encoding: 'utf8', stdio: 'pipe' })
  assert.ok(!/sport=41\d\d\d/.test(listing))
  assert.deepEqual(readFileSync(calls, 'utf8').trim().split('\n'), ['-L', '-L'])
  assert.deepEqual(log.lines, [])
  rmSync(folder, { recursive: true })
})
