import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'

describe('with two interfaces', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'two-interfaces' })
  })
  after(() => house.close())

  test("a VPN's rule before ours that takes our probes makes the WANs unknown and is named", async () => {
    const { host } = house.lab
    await host.ip([
      'tuntap add tailscale0 mode tun',
      'link set tailscale0 up',
      'address add 100.100.0.1/32 dev tailscale0',
      'route add default dev tailscale0 table 52',
      'rule add pref 5270 lookup 52',
    ])
    await house.mqtt.waitForState(
      ({ wans }) =>
        Object.values(wans).every(
          ({ state, reason }) =>
            state === 'unknown' &&
            /rule 5270 lookup 52 .*takes its probes to tailscale0/.test(reason),
        ),
      { deadlineMs: 10_000, what: 'both WANs to be unknown, with the rule' },
    )
    assert.ok(!house.mqtt.events.some(({ event_type }) => event_type === 'wan_down'))
    await host.ip(['rule del pref 5270', 'link del tailscale0'])
    await house.waitUntilUp()
  })

  test('a link that was switched off, or pulled and plugged again, works without a restart', async () => {
    const { lab, mqtt } = house
    const off = await lab.host.ip(['link set wan2 down']).then(() => performance.now())
    assert.ok(off > 0)
    await mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'down', {
      deadlineMs: 10_000,
      what: 'the secondary to be down',
    })
    await lab.host.ip(['link set wan2 up'])
    await house.waitUntilUp()
    const hasDefault = async () =>
      /default via 10\.2\.0\.1/.test(await lab.host.run('ip', 'route', 'show', 'table', '101'))
    assert.ok(await hasDefault())
    // The route goes with the link. One that is back before anybody looks may never be seen as gone.
    await lab.replug(2)
    await waitFor(hasDefault, {
      deadlineMs: 10_000,
      what: 'the default by the replugged secondary',
    })
    await house.waitUntilUp()
    const stream = await lab.client(1).startStream()
    await mqtt.publish('test_failover/set', 'ON')
    await stream.waitForWan(2, { afterMs: monotonicMs(), deadlineMs: 10_000 })
    await mqtt.publish('test_failover/set', 'OFF')
    await stream.stop()
  })
})

test('beside a tunnel that takes everything it observes only, until the user says otherwise', async () => {
  await using house = await House.open({ topology: 'two-interfaces', withDaemon: false })
  const { host } = house.lab
  await host.ip([
    'tuntap add wg0 mode tun',
    'link set wg0 up',
    'route add default dev wg0 table 51820',
    'rule add not fwmark 0xca6c pref 32764 lookup 51820',
    'rule add pref 32763 lookup main suppress_prefixlength 0',
  ])
  const before = await host.run('ip', 'rule', 'show')
  house.start()
  await house.daemon.waitForLine(/observing only.*32764.*wg0/, { deadlineMs: 20_000 })
  const state = await house.mqtt.waitForState(({ problems }) => problems.length > 0, {
    deadlineMs: 10_000,
    what: 'the reason to be shown',
  })
  assert.equal(state.active, null)
  assert.equal(await host.run('ip', 'rule', 'show'), before)
  const checked = await house.folder.command('check')
  assert.equal(checked.code, 1)
  assert.match(checked.out, /32764 .*wg0/)
  await house.mqtt.publish('mode/set', 'automatic')
  await house.waitUntilUp()
  assert.match(await host.run('ip', 'rule', 'show'), /10900:/)
  await host.ip(['rule del pref 32764', 'rule del pref 32763', 'link del wg0'])
})

test("Docker's networks are copied into both tables as they come, and leave as they go", async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { host } = house.lab
  const copied = async (subnet: string) => {
    const tables = await Promise.all(
      ['100', '101'].map((table) => host.run('ip', 'route', 'show', 'table', table)),
    )
    return tables.filter((routes) => routes.includes(subnet)).length
  }
  for (let i = 0; i < 5; i++) {
    const subnet = `172.${20 + i}.0.0/16`
    await host.ip([
      `link add br-${i} type bridge`,
      `link set br-${i} up`,
      `address add 172.${20 + i}.0.1/16 dev br-${i}`,
    ])
    await waitFor(async () => (await copied(subnet)) === 2, {
      deadlineMs: 10_000,
      what: `${subnet} in both tables`,
    })
  }
  const table = await host.run('ip', 'route', 'show', 'table', '101')
  assert.doesNotMatch(table, /linkdown.*proto 201 .*linkdown linkdown/)
  await host.ip(['link del br-0', 'link del br-3'])
  await waitFor(
    async () => (await copied('172.20.0.0/16')) + (await copied('172.23.0.0/16')) === 0,
    { deadlineMs: 10_000, what: 'the copies to be gone' },
  )
  assert.equal(await copied('172.21.0.0/16'), 2)
  for (const i of [1, 2, 4]) await host.ip([`link del br-${i}`])
})

test('an interface that does not exist yet is waited for, and named', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    waitUntilUp: false,
    wans: [{}, { interface: 'wwan7', gateway: 'auto' }],
  })
  const state = await house.mqtt.waitForState(
    ({ wans }) => wans['primary']?.state === 'up' && wans['secondary']?.state === 'down',
    { deadlineMs: 20_000, what: 'one WAN to be up' },
  )
  assert.match(state.wans['secondary']?.reason ?? '', /the interface wwan7 does not exist \(yet\)/)
  const { host } = house.lab
  await host.ip([
    'route del default dev wan2',
    'link set wan2 down',
    'link set wan2 name wwan7',
    'link set wwan7 up',
    'route add default via 10.2.0.1 dev wwan7 metric 200',
  ])
  const up = await house.mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'up', {
    deadlineMs: 30_000,
    what: 'the hotspot to be up',
  })
  assert.equal(up.wans['secondary']?.gateway, '10.2.0.1')
  await host.ip(['link set wwan7 down', 'link set wwan7 name wan2'])
})
