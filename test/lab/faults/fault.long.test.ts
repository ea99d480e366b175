import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { type TestContext, test } from 'node:test'
import { waitFor } from '../../wait-for.ts'
import { skipWithout, tunDevice } from '../host/requirements.ts'
import { Lab } from '../lab.ts'
import { monotonicMs } from '../measure/monotonic.ts'
import type { Topology, WanNumber } from '../network/plan.ts'
import type { FaultKind } from './fault.ts'

const skip = skipWithout('ip', 'nft', 'ping', 'nsenter')

/** What a host sees of one WAN; a fault is what changes in it. */
interface View {
  readonly internet: 'answers' | 'silent' | 'unreachable'
  readonly dns: boolean
  readonly gateway: boolean
  readonly carrier: boolean | 'no link'
  /** A packet from the host arrived in the Internet. */
  readonly heard: boolean
}

const healthy: View = {
  internet: 'answers',
  dns: true,
  gateway: true,
  carrier: true,
  heard: true,
}
const silent: View = { ...healthy, internet: 'silent', dns: false, heard: false }

const faults: readonly (readonly [FaultKind, View, Topology])[] = [
  [{ kind: 'upstream-silent' }, silent, 'one-subnet'],
  [{ kind: 'upstream-oneway' }, { ...silent, heard: true }, 'one-subnet'],
  [{ kind: 'upstream-oneway', direction: 'out' }, silent, 'one-subnet'],
  [{ kind: 'upstream-unreachable' }, { ...silent, internet: 'unreachable' }, 'one-subnet'],
  [{ kind: 'gateway-dead' }, { ...silent, gateway: false }, 'one-subnet'],
  [{ kind: 'gateway-dead' }, { ...silent, gateway: false }, 'two-interfaces'],
  [{ kind: 'carrier-cut' }, { ...silent, gateway: false, carrier: false }, 'two-interfaces'],
  [{ kind: 'link-deleted' }, { ...silent, gateway: false, carrier: 'no link' }, 'two-interfaces'],
  [{ kind: 'dns-dead' }, { ...healthy, dns: false }, 'one-subnet'],
  [{ kind: 'icmp-dead' }, { ...healthy, internet: 'silent', heard: false }, 'one-subnet'],
  [{ kind: 'captive-portal' }, healthy, 'one-subnet'],
  [{ kind: 'loss', percent: 100 }, { ...silent, heard: true }, 'one-subnet'],
]

for (const [fault, expected, topology] of faults) {
  const name = Object.values(fault).join(' ')
  test(`${name} on ${topology} changes what it says, on its own WAN, until repaired`, {
    skip,
  }, async () => {
    await using lab = await observedLab(topology)
    for (const [wan, other] of [[1, 2] as const, [2, 1] as const]) {
      await lab.fault({ ...fault, wan })
      await expectView(lab, wan, expected)
      await expectView(lab, other, healthy)
      await lab.repair(wan)
      await restoreMarks(lab)
      await expectView(lab, wan, healthy)
    }
  })
}

test('a cut carrier takes neither the address nor the admin state nor the route', {
  skip,
}, async () => {
  await using lab = await Lab.create({ topology: 'two-interfaces' })
  await lab.fault({ wan: 1, kind: 'carrier-cut' })
  const link = await lab.host.run('ip', 'address', 'show', 'wan1')
  assert.match(link, /NO-CARRIER,BROADCAST,MULTICAST,UP/)
  assert.match(link, /inet 10\.1\.0\.2\/24/)
  assert.match(await lab.host.run('ip', 'route'), /default via 10\.1\.0\.1 dev wan1 .* linkdown/)
})

test('a gateway that died is missed by ARP, and not by the carrier', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  await lab.fault({ wan: 1, kind: 'gateway-dead' })
  await assert.rejects(lab.host.run('ping', '-c1', '-W0.2', '192.168.0.1'))
  const neighbour = await lab.host.run('ip', 'neigh', 'show', '192.168.0.1')
  assert.match(neighbour, /INCOMPLETE|FAILED/)
})

test('half of the packets are lost where half was asked for', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  await lab.fault({ wan: 1, kind: 'loss', percent: 50 })
  const lost = await lossPercent(lab)
  // Five standard deviations of 200 fair coins to each side.
  assert.ok(lost > 32 && lost < 68, `${lost} %`)
  await lab.fault({ wan: 1, kind: 'loss', percent: 50, direction: 'both' })
  const lostBothWays = await lossPercent(lab)
  assert.ok(lostBothWays > 59 && lostBothWays < 91, `${lostBothWays} %`)
  await assert.rejects(lab.fault({ wan: 1, kind: 'loss', percent: 101 }), RangeError)
})

test('a slow line delays by what was asked for, in both families, and loses nothing', {
  skip: skip || skipWithout(tunDevice),
}, async (context) => {
  await using lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
  for (const target of ['1.1.1.1', '2001:db8:f::1']) {
    await expectRoundTrip(context, lab, target, { atLeastMs: 0, meanAtMostMs: 40 })
    await lab.fault({ wan: 1, kind: 'slow', delayMs: 80, jitterMs: 20 })
    await expectRoundTrip(context, lab, target, { atLeastMs: 60, meanAtMostMs: 140 })
    await lab.repair(1)
    await expectRoundTrip(context, lab, target, { atLeastMs: 0, meanAtMostMs: 40 })
  }
})

test('two faults of one WAN add up, and one repair undoes both', { skip }, async () => {
  await using lab = await observedLab('one-subnet')
  await lab.fault({ wan: 1, kind: 'dns-dead' })
  await lab.fault({ wan: 1, kind: 'icmp-dead' })
  await expectView(lab, 1, { ...healthy, internet: 'silent', dns: false, heard: false })
  await lab.repair(1)
  await expectView(lab, 1, healthy)
})

test('a flapping line is down and up as often as was asked for', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const stream = await lab.host.startStream({ target: '1.1.1.1', everyMs: 5 })
  const fromMs = monotonicMs()
  await lab.flap(1, { downMs: 150, upMs: 150, times: 3 })
  const endedMs = monotonicMs()
  await stream.waitForWan(1, { afterMs: endedMs, deadlineMs: 3000 })
  const answered = stream.between(fromMs, endedMs).map(({ answer }) => answer !== null)
  const falls = answered.filter((now, i) => !now && answered[i - 1] === true).length
  assert.equal(falls, 3)
})

test('a link that was replugged is another one with the same name, MAC and address', {
  skip,
}, async () => {
  await using lab = await Lab.create({ topology: 'lan-and-stick' })
  const before = await stick(lab)
  await lab.replug(2)
  const after = await stick(lab)
  assert.notEqual(after.ifindex, before.ifindex)
  assert.deepEqual({ ...after, ifindex: 0 }, { ...before, ifindex: 0 })
  await lab.host.run('ping', '-c1', '-W1', '192.168.8.1')
})

test('addresses change on the host, the gateway and the public side', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'two-interfaces' })
  assert.equal(await whoami(), '100.64.1.2')
  await lab.changePublicAddress(1, '100.64.1.4')
  assert.equal(await whoami(), '100.64.1.4')
  await lab.changeAddress(1, { address: '10.9.0.7', gateway: '10.9.0.1' })
  assert.match(await lab.host.run('ip', 'route'), /default via 10\.9\.0\.1 dev wan1 /)
  assert.equal(lab.wan(1).hostAddress, '10.9.0.7')
  assert.equal(await whoami(), '100.64.1.4')
})

/** Mark N leads out by WAN N, and the Internet counts the echo requests that arrive. */
async function observedLab(topology: Topology): Promise<Lab> {
  const lab = await Lab.create({ topology })
  await restoreMarks(lab)
  await lab.internet.nft(`table inet observer {
    chain arriving {
      type filter hook prerouting priority 0;
      icmp type echo-request iifname "wan1" counter
      icmp type echo-request iifname "wan2" counter
    }
  }`)
  return lab
}

async function restoreMarks(lab: Lab): Promise<void> {
  const rules = await lab.host.run('ip', 'rule')
  await lab.host.ip(
    lab.plan.wans.flatMap(({ number, gateway, interface: link }) => [
      `route replace default via ${gateway} dev ${link} table ${number}`,
      `route replace unreachable default metric 9 table ${number}`,
      ...(rules.includes(`fwmark 0x${number} `)
        ? []
        : [`rule add fwmark ${number} lookup ${number}`]),
    ]),
  )
}

/** News of a carrier or a neighbour may take a moment. */
async function expectView(lab: Lab, wan: WanNumber, expected: View): Promise<void> {
  let last: View | undefined
  const fits = async () => {
    last = await view(lab, wan)
    return JSON.stringify(last) === JSON.stringify(expected)
  }
  await waitFor(fits, { deadlineMs: 5000, what: `WAN ${wan} to change` }).catch(() => undefined)
  assert.deepEqual(last, expected)
}

async function view(lab: Lab, wan: WanNumber): Promise<View> {
  const { gateway, interface: link } = lab.wan(wan)
  const heardBefore = await arrived(lab, wan)
  const said = await ping(lab, ['-m', String(wan), '1.1.1.1'])
  const unreachable = said.includes('From 1') && said.includes('nreachable')
  return {
    internet: said.includes('bytes from') ? 'answers' : unreachable ? 'unreachable' : 'silent',
    dns: await asksDns(lab, wan),
    gateway: (await ping(lab, ['-m', String(wan), gateway])).includes('bytes from'),
    carrier: carrierOf(link),
    heard: (await arrived(lab, wan)) > heardBefore,
  }
}

function ping(lab: Lab, args: readonly string[]): Promise<string> {
  // Its exit status says less than its words.
  return lab.host.run('sh', '-c', 'ping -n -c1 -W0.1 "$@" 2>&1 || true', 'sh', ...args)
}

/** By WAN's own resolver, for Node's sockets have no mark: a rule for the server's address. */
async function asksDns(lab: Lab, wan: WanNumber): Promise<boolean> {
  const server = '9.9.9.9'
  await lab.host.ip([`rule add to ${server} lookup ${wan} priority 50`])
  const resolver = new Resolver({ timeout: 100, tries: 1 })
  resolver.setServers([server])
  const answered = await resolver.resolve4('dns.google').then(
    () => true,
    () => false,
  )
  await lab.host.ip(['rule delete priority 50'])
  return answered
}

async function arrived(lab: Lab, wan: WanNumber): Promise<number> {
  const listed = await lab.internet.run('nft', 'list', 'table', 'inet', 'observer')
  return Number(new RegExp(`"wan${wan}".* packets (\\d+)`).exec(listed)?.[1])
}

function carrierOf(link: string): View['carrier'] {
  const path = `/sys/class/net/${link}`
  return existsSync(path) ? readFileSync(`${path}/carrier`, 'utf8').trim() === '1' : 'no link'
}

async function lossPercent(lab: Lab): Promise<number> {
  const said = await lab.host.run('sh', '-c', 'ping -q -c200 -i0.002 -W0.2 1.1.1.1 || true')
  return Number(/([\d.]+)% packet loss/.exec(said)?.[1])
}

async function expectRoundTrip(
  context: TestContext,
  lab: Lab,
  target: string,
  expected: { readonly atLeastMs: number; readonly meanAtMostMs: number },
): Promise<void> {
  const said = await lab.host.run('ping', '-q', '-c20', '-i0.01', '-W1', target)
  context.diagnostic(`${target}: ${said.split('\n').at(-2)}`)
  assert.match(said, / 0% packet loss/)
  const [, least, mean] = /= ([\d.]+)\/([\d.]+)\//.exec(said) ?? []
  assert.ok(Number(least) >= expected.atLeastMs && Number(mean) <= expected.meanAtMostMs, said)
}

async function stick(lab: Lab) {
  const [link] = JSON.parse(await lab.host.run('ip', '-j', 'address', 'show', 'wwan0'))
  const { ifindex, ifname, address, addr_info: addresses } = link
  const [own] = addresses.filter(({ family }: { family: string }) => family === 'inet')
  return { ifindex, ifname, address, own: own.local, up: link.flags.includes('UP') }
}

/** The public address by a connection of its own: a kept one would end with its address. */
function whoami(): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '1.1.1.1', agent: false, timeout: 2000 }, (response) => {
      response.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()))
    })
      .once('timeout', () => reject(new Error('no answer over HTTP')))
      .once('error', reject)
  })
}
