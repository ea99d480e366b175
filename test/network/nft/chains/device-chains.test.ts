/** The text of what counts devices, and that the kernel takes it, keeps it, and bounds it. */
import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { createKernel } from '../../../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../../../src/kernel/port.ts'
import { readDevices } from '../../../../src/kernel/reading/read-devices.ts'
import type { Settings } from '../../../../src/model/settings/settings.ts'
import { desiredState } from '../../../../src/network/desired-state.ts'
import { type Applied, diff } from '../../../../src/network/diff/diff.ts'
import { deviceChains, mostCounted } from '../../../../src/network/nft/chains/device-chains.ts'
import { nearOf } from '../../../../src/network/nft/near.ts'
import { resolveUplinks } from '../../../../src/network/uplinks.ts'
import type { Wanted } from '../../../../src/network/wanted.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleHost } from '../../../examples/example-host.ts'
import { exampleRoute } from '../../../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { wantedOn } from '../../../examples/wanted-on.ts'
import { RecordedLog } from '../../../fakes/recorded-log.ts'
import { PatchPanel } from '../../patch-panel.ts'
import { printedLines } from '../printed-lines.ts'

const links = [
  { name: 'lan0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64'] },
  { name: 'wan0', addresses: ['192.168.8.100/24'] },
]
const gateways = [
  { name: 'router', link: 'lan0', addresses: ['192.168.0.1', 'fe80::1'], mac: '02:00:00:00:01:01' },
  { name: 'stick', link: 'wan0', addresses: ['192.168.8.1'], mac: '02:00:00:00:01:02' },
]
const home = exampleHost(links, [exampleRoute('default via 192.168.0.1 dev lan0')])

function wanted(gateway = '192.168.8.1', canMark = true): Wanted {
  const second = gateway === 'none' ? { gateway, interface: 'wan0' } : { gateway }
  const first = { gateway: '192.168.0.1', gateway6: 'fe80::1', interface: 'lan0' }
  const wans = [exampleWan(0, first), exampleWan(1, second)]
  const flows = { kept: bothFamilies([]), cut: bothFamilies([]), canMark }
  return { ...wantedOn(home, exampleSettings({ wans }), 'primary'), flows }
}

function linesOf(one: Wanted): readonly string[] {
  return printedLines(deviceChains(one, nearOf(one)))
}

test('a plan says nothing of what is counted', () => {
  const { flows: _, ...plan } = wanted()
  assert.deepEqual(linesOf(plan), [])
})

test('a kernel whose sets can’t count counts nobody, and has all the rest', () => {
  assert.deepEqual(linesOf({ ...wanted(), setCounters: false }), [])
})

test('who sends by a WAN is remembered, and what comes back is counted for whom we know', () => {
  assert.deepEqual(linesOf(wanted()), [
    'set devices_primary_ipv4 { typeof ip saddr; flags dynamic,timeout; timeout 1d; size 1024; }',
    'set devices_primary_ipv6 { typeof ip6 saddr; flags dynamic,timeout; timeout 1d; size 1024; }',
    'set devices_secondary_ipv4 { typeof ip saddr; flags dynamic,timeout; timeout 1d; size 1024; }',
    'chain by_device {',
    'type filter hook forward priority 21; policy accept;',
    'iifname "lan0" ip saddr != @beside_primary_ipv4 ip daddr @devices_primary_ipv4 accept',
    'iifname "lan0" ip6 saddr != @beside_primary_ipv6 ip6 daddr @devices_primary_ipv6 accept',
    'oifname "lan0" rt ip nexthop 192.168.0.1 ' +
      'update @devices_primary_ipv4 { ip saddr counter } accept',
    'oifname "lan0" rt ip6 nexthop fe80::1 ' +
      'update @devices_primary_ipv6 { ip6 saddr counter } accept',
    'iifname "wan0" ip saddr != @beside_secondary_ipv4 ip daddr @devices_secondary_ipv4 accept',
    'oifname "wan0" rt ip nexthop 192.168.8.1 ' +
      'update @devices_secondary_ipv4 { ip saddr counter } accept',
    '}',
  ])
})

test('of a line without a gateway all that leaves by the link is looked at, but for neighbours', () => {
  const lines = linesOf(wanted('none'))
  const out = lines.find((line) => line.startsWith('oifname "wan0"'))
  assert.equal(
    out,
    'oifname "wan0" meta nfproto ipv4 ip daddr != @neighbours_ipv4 ' +
      'update @devices_secondary_ipv4 { ip saddr counter } accept',
  )
})

test('on a link that WANs share an answer is known by its flow, where the kernel can mark one', () => {
  const shared = linesOf(wanted('192.168.0.2'))
  const answers = /iifname "lan0" .*direction reply ct mark .* == 0x02000000 .*@devices_secondary/
  assert.equal(shared.filter((line) => answers.test(line)).length, 1)
  const unmarked = linesOf(wanted('192.168.0.2', false))
  assert.equal(unmarked.filter((line) => line.startsWith('iifname')).length, 0)
  assert.equal(unmarked.filter((line) => line.startsWith('oifname')).length, 3)
})

describe('in the kernel', () => {
  let panel: PatchPanel
  let kernel: Kernel
  let applied: Applied = null
  const log = new RecordedLog()

  before(async () => {
    run('ip', ['link', 'set', 'lo', 'up'])
    panel = new PatchPanel(links, gateways)
    kernel = await createKernel({ log })
    await setUp()
  })
  after(() => kernel.close())

  const setUp = async (nat: Settings['nat'] = 'auto'): Promise<void> => {
    const host = await kernel.read()
    const { settings, ...rest } = wanted()
    const uplinks = resolveUplinks(settings.wans, host)
    const desired = desiredState({ ...rest, settings: { ...settings, nat }, host, uplinks })
    const failures = await kernel.apply(diff(desired, host, applied))
    assert.deepEqual(failures, [])
    applied = { table: desired.nft ?? '', listing: (await kernel.read()).nft ?? '' }
  }
  const traces = () => readDevices({ wans: ['primary', 'secondary'], log })
  const packet = { family: 'ipv4', protocol: 'udp', port: 9, fromPort: 4_000 } as const
  const laptop = { link: 'lan0', mac: '02:00:00:00:09:01' }
  const outside = { link: 'lan0', mac: '02:00:00:00:01:01' }
  const far = '203.0.113.1'
  const bytesOf = async (address: string) =>
    (await traces()).counted.find((one) => one.address === address)?.bytes

  test('what a device sends and gets is counted, and outlives a change of the rules', async () => {
    const own = { ...packet, from: '192.168.0.50' }
    panel.send(laptop, { ...own, to: far })
    const sent = await bytesOf('192.168.0.50')
    assert.ok(sent !== undefined && sent > 28, `${sent}`)
    panel.send(outside, { ...packet, from: far, to: '192.168.0.50', port: 4_000, fromPort: 9 })
    assert.equal(await bytesOf('192.168.0.50'), 2 * sent)
    await setUp('never')
    assert.match(applied?.table ?? '', /chain by_device/)
    assert.equal(await bytesOf('192.168.0.50'), 2 * sent)
    // To a neighbour, or to this machine, is by no WAN.
    panel.send(laptop, { ...own, to: '192.168.8.77' })
    panel.send(laptop, { ...own, to: '192.168.0.3' })
    assert.equal(await bytesOf('192.168.0.50'), 2 * sent)
  })

  test('each family of a device is counted, and when it last sent something is told', async () => {
    const from = '2001:db8:1::50'
    panel.send(laptop, { ...packet, family: 'ipv6', from, to: '2001:db8:f::1' })
    const { counted, isFull } = await traces()
    const [one] = counted.filter(({ address }) => address === from)
    assert.deepEqual([one?.wan, isFull], ['primary', false])
    assert.ok(one !== undefined && one.quietMs < 60_000, `${one?.quietMs}`)
  })

  test('a scan from outside puts nobody into the sets', async () => {
    const before = (await traces()).counted.length
    for (let host = 100; host < 200; host += 1) {
      panel.send(outside, { ...packet, from: far, to: `192.168.0.${host}` })
    }
    assert.equal((await traces()).counted.length, before)
  })

  test('two thousand forged senders cost no more than the bound, and all of them pass', async () => {
    run('nft', ['add', 'table', 'netdev', 'gone'])
    run('nft', ['add', 'counter', 'netdev', 'gone', 'came'])
    const hook = '{ type filter hook ingress device "far-lan0" priority -1; }'
    run('nft', ['add', 'chain', 'netdev', 'gone', 'seen', hook])
    run('nft', ['add', 'rule', 'netdev', 'gone', 'seen', 'udp', 'dport', '9', 'counter name came'])
    for (let n = 0; n < 2_000; n += 1) {
      panel.send(laptop, { ...packet, from: `10.0.${n >> 8}.${n & 255}`, to: far })
    }
    const { counted, isFull } = await traces()
    const primary = counted.filter(({ wan, address }) => wan === 'primary' && !isIpv6(address))
    assert.deepEqual([primary.length, isFull], [mostCounted, true])
    const passed = run('nft', ['list', 'counter', 'netdev', 'gone', 'came'])
    assert.match(passed, /packets 2000 /)
  })
})

function isIpv6(address: string): boolean {
  return address.includes(':')
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, [...args], { encoding: 'utf8' })
}
