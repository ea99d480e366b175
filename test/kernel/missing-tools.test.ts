/** The adapter on a host that lacks a tool, a right, or IPv6, or whose tools answer badly. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { after, before, test } from 'node:test'
import { createKernel } from '../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../src/kernel/port.ts'
import type { Tools } from '../../src/kernel/tools/run-tool.ts'
import { acceptComment } from '../../src/network/accepts/desired-accepts.ts'
import { ourRoute } from '../examples/example-route.ts'
import { ourRule } from '../examples/example-rule.ts'
import { fakeTool } from '../fakes/fake-tool.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { waitFor } from '../wait-for.ts'
import { makeLinks, setDockerUser } from './real-host.ts'

let scratch: string
before(() => {
  makeLinks()
  scratch = mkdtempSync(join(tmpdir(), 'wan-failover-kernel-'))
})
after(() => rmSync(scratch, { recursive: true }))

test('without ip there is no kernel to speak to, and it is said which package lacks', async () => {
  const options = { log: new RecordedLog(), tools: { ip: 'ip-that-is-not-there' } }
  await assert.rejects(createKernel(options), /^Error: ip \(package iproute2\) is not installed$/)
})

test('an ip that vanishes later is named by whatever needs it', async (context) => {
  const command = tool('ip-vanishing', 'exec ip "$@"')
  const kernel = await kernelWith(context, { ip: command })
  rmSync(command)
  await assert.rejects(kernel.read(), /ip \(package iproute2\) is not installed/)
  const [failure] = await kernel.apply([{ kind: 'add_rule', rule: ourRule({ priority: 10900 }) }])
  assert.match(failure?.error ?? '', /ip \(package iproute2\) is not installed/)
})

test('an answer that was torn in two is asked for again', async (context) => {
  // The first helper of each family begins with half a list, as a broken dump leaves it.
  const line = `[ "$5" = -batch ] && mkdir ${join(scratch, 'torn')}$1 2>&- && printf '['; exec ip "$@"`
  const kernel = await kernelWith(context, { ip: tool('ip-torn', line) })
  assert.equal((await kernel.read()).rules.length, 5)
  assert.ok(readdirSync(scratch).includes('torn-4') && readdirSync(scratch).includes('torn-6'))
})

/** Of an ip that does nothing it is asked to, and says so. */
const acknowledge =
  'n=$((n + 1)); case "$line" in wan-*) echo "$line"; echo "Command failed -:$n";; esac'

test('an ip that says nothing is no host that has lost everything', async (context) => {
  for (const family of ['-4', '-6']) {
    const line = `[ "$1" = ${family} ] || exec ip "$@"\nwhile read -r line; do ${acknowledge}; done`
    const kernel = await kernelWith(context, { ip: tool(`ip-silent${family}`, line) })
    await assert.rejects(kernel.read(), /reading `ip rule show`: not even the kernel's are there/)
  }
})

test('an ip that says nothing is asked no more: the next reading has another one', async (context) => {
  const first = `[ "$5" = -batch ] && mkdir ${join(scratch, 'mute')}$1 2>&-`
  const line = `${first} || exec ip "$@"\nwhile read -r line; do ${acknowledge}; done`
  const kernel = await kernelWith(context, { ip: tool('ip-mute-at-first', line) })
  await assert.rejects(kernel.read(), /not even the kernel's are there/)
  // Each family finds out about its own.
  const { rules } = await waitFor(() => kernel.read(), { what: 'an ip that speaks' })
  assert.equal(rules.length, 5)
})

test('a kernel without IPv6 policy routing is one without IPv6', async (context) => {
  const refuse = 'n=$((n + 1)); echo "$line: Operation not supported"; echo "Command failed -:$n"'
  const line = `[ "$1" = -6 ] || exec ip "$@"\nwhile read -r line; do ${refuse}; done`
  const kernel = await kernelWith(context, { ip: tool('ip-four', line) })
  const { ipv6, rules, links } = await kernel.read()
  assert.deepEqual([ipv6, rules.length], [false, 3])
  assert.ok(links.some((link) => link.name === 'one'))
})

test('without NET_ADMIN the state can be read, and what is not allowed is said plainly', async (context) => {
  const without = (name: string) =>
    tool(
      `${name}-without`,
      `exec setpriv --bounding-set=-net_admin --inh-caps=-net_admin ${name} "$@"`,
    )
  const tools = { ip: without('ip'), nft: without('nft'), conntrack: without('conntrack') }
  const kernel = await kernelWith(context, tools)
  const state = await kernel.read()
  assert.deepEqual([state.nft, state.rules.length], [null, 5])
  const failures = await kernel.apply([
    { kind: 'add_rule', rule: ourRule({ priority: 10900 }) },
    { kind: 'replace_route', route: ourRoute({ destination: '10.0.0.0/8' }) },
    { kind: 'replace_nft', script: 'table inet wan_failover', table: '' },
  ])
  assert.deepEqual(
    failures.map(({ error }) => error.replace(/^.*?: /, '')),
    ['rules', 'routes', 'nft tables'].map(
      (what) => `not allowed to change ${what}: the capability NET_ADMIN is missing`,
    ),
  )
  const { nft: mayNft, ctMark, conntrack, multipath } = await kernel.capabilities()
  assert.deepEqual([mayNft, ctMark, conntrack, multipath], [false, false, false, false])
  assert.equal((await kernel.forwarding()).forwardPolicy, 'unknown')
  assert.equal(await kernel.forgetUnmasqueraded(['192.168.1.0/24']), 0)
})

test('without nft and conntrack all else works, and taking our table away is no failure', async (context) => {
  const tools = { nft: 'nft-that-is-not-there', conntrack: 'conntrack-that-is-not-there' }
  const kernel = await kernelWith(context, tools)
  kernel.watch(() => undefined)
  assert.equal((await kernel.read()).nft, null)
  assert.deepEqual(await kernel.apply([{ kind: 'delete_nft' }]), [])
  const [failure] = await kernel.apply([
    { kind: 'replace_nft', script: 'table inet wan_failover', table: '' },
  ])
  assert.match(failure?.error ?? '', /nft-that-is-not-there is not installed/)
  const { nft: mayNft, conntrack, multipath } = await kernel.capabilities()
  assert.deepEqual([mayNft, conntrack, multipath], [false, false, true])
  assert.equal((await kernel.forwarding()).forwardPolicy, 'unknown')
})

test('an iptables that prints nothing for a while has not said that it is another one', async (context) => {
  setDockerUser('ipv4', [])
  context.after(() => setDockerUser('ipv4', null))
  const line = `mkdir ${join(scratch, 'mute-iptables')} 2>&- || exec iptables "$@"`
  const kernel = await kernelWith(context, { iptables: tool('iptables-mute-at-first', line) })
  assert.equal((await kernel.read()).docker, null)
  assert.deepEqual((await kernel.read()).docker?.accepts, [])
})

test('an iptables that can not list its chain for a while has lost nothing of ours in it', async (context) => {
  const ours = `-m comment --comment ${acceptComment} -j ACCEPT`
  setDockerUser('ipv4', [ours, '-j RETURN'])
  context.after(() => setDockerUser('ipv4', null))
  const bad = join(scratch, 'bad-listing')
  const answers = ['echo "it broke" >&2; exit 1', 'exit 0', `printf '%s' '-N DOCKER-US'`]
  for (const answer of answers) {
    rmSync(bad, { force: true })
    const line = `case "$*" in *-S*) test -e ${bad} && { ${answer}; exit; };; esac; exec iptables "$@"`
    const kernel = await kernelWith(context, { iptables: tool('iptables-torn', line) })
    const { docker } = await kernel.read()
    assert.deepEqual(docker?.accepts, [{ family: 'ipv4', words: ours }])
    writeFileSync(bad, '')
    assert.deepEqual((await kernel.read()).docker?.accepts, docker?.accepts)
    const accept = { family: 'ipv4', words: `-i lo ${ours}` } as const
    const [failure] = await kernel.apply([{ kind: 'add_accept', accept }])
    assert.match(failure?.error ?? '', /it broke|does not list DOCKER-USER/)
    rmSync(bad)
    assert.deepEqual((await kernel.read()).docker?.accepts, docker?.accepts)
  }
})

/** A kernel of the test's own, which ends with it. */
async function kernelWith(context: TestContext, tools: Partial<Tools>): Promise<Kernel> {
  const kernel = await createKernel({ log: new RecordedLog(), tools })
  context.after(() => kernel.close())
  return kernel
}

function tool(name: string, line: string): string {
  return fakeTool(join(scratch, name), line)
}
