/** Tracked queries for names, in the real kernel. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { forgetQueries } from '../../../src/kernel/flows/queries.ts'
import { systemTools } from '../../../src/kernel/tools/run-tool.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const queries = [
  ['-p udp -s 192.168.0.50 -d 192.168.0.1 --sport 40001 --dport 53', 'to the resolver'],
  ['-p tcp -s 192.168.0.50 -d 192.168.0.1 --sport 40002 --dport 53 --state ESTABLISHED', 'by TCP'],
  ['-p udp -s 192.168.0.50 -d 192.168.0.1 --sport 40003 --dport 80', 'to another port'],
  ['-p udp -s 192.168.0.50 -d 9.9.9.9 --sport 40004 --dport 53', 'to another resolver'],
  ['-p udp -s fd00::50 -d fd00::1 --sport 40005 --dport 53', 'by IPv6'],
  [
    '-p udp -s 192.168.0.50 -d 192.168.0.9 --sport 40006 --dport 53 --dst-nat 8.8.8.8',
    'translated',
  ],
] as const

function track(): void {
  for (const [words] of queries) {
    execFileSync('conntrack', ['-I', ...words.split(' '), '--timeout', '300'], { stdio: 'ignore' })
  }
}

/** What is left of them, by what they are. */
function left(): string[] {
  const listings = ['ipv4', 'ipv6'].map((family) =>
    execFileSync('conntrack', ['-L', '-f', family], { encoding: 'utf8', stdio: 'pipe' }),
  )
  const listing = listings.join('\n')
  return queries
    .filter(([words]) => listing.includes(`sport=${/--sport (\d+)/.exec(words)?.[1]}`))
    .map(([, what]) => what)
}

const log = new RecordedLog()
const tools = { tools: systemTools, log }

test('to some resolvers are forgotten, of both protocols and families, and nothing else is', async () => {
  track()
  assert.equal(left().length, queries.length)
  await forgetQueries(['192.168.0.1', 'fd00::1'], tools)
  assert.deepEqual(left(), ['to another port', 'to another resolver', 'translated'])
})

test('that are translated are forgotten, whoever was asked', async () => {
  await forgetQueries(null, tools)
  assert.deepEqual(left(), ['to another port', 'to another resolver'])
})

test('of nobody are forgotten without a word', async () => {
  await forgetQueries(['192.168.0.1'], tools)
  assert.deepEqual(log.lines, [])
})
