import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { House } from '../../lab/house/house.ts'

test('check tells what keeps clients offline, with the remedy, and changes nothing', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    hostForwarding: false,
    withDaemon: false,
  })
  const { host } = house.lab
  await host.nft(
    'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; }',
  )
  await host.script('for l in all wan1; do echo 1 > /proc/sys/net/ipv4/conf/$l/rp_filter; done')
  const before = await dumpHost(host)
  const checked = await house.folder.command('check')
  assert.equal(checked.code, 1)
  assert.match(checked.out, /ERROR {2}forwarding is off \(net\.ipv4\.ip_forward=0\).*sysctl -w/)
  assert.match(checked.out, /ERROR {2}the firewall drops forwarded packets/)
  assert.match(checked.out, /HINT {3}reverse path filtering is strict on wan1/)
  assert.match(checked.out, /WAN {4}primary: gateway 10\.1\.0\.1, IPv6 none, on wan1/)
  assert.match(checked.out, /GRADE {2}nft yes, ct_mark yes, conntrack yes/)
  assert.match(checked.out, /PROBE {2}not sent: the daemon is not running/)
  assert.equal(await dumpHost(host), before)
  house.start()
  await house.daemon.waitForLine(/WARN: forwarding is off/, { deadlineMs: 20_000 })
  await host.nft('delete table ip filter')
  await host.script('for l in all wan1; do echo 0 > /proc/sys/net/ipv4/conf/$l/rp_filter; done')
})

test('with strict reverse path filters the host still probes and fails over', async () => {
  await using house = await House.open({ topology: 'two-interfaces', waitUntilUp: false })
  const { lab, mqtt } = house
  await lab.host.script(
    'for l in wan1 wan2; do echo 1 > /proc/sys/net/ipv4/conf/$l/rp_filter; done',
  )
  await house.waitUntilUp()
  const stream = await lab.client(1).startStream()
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await stream.stop()
  assert.equal(mqtt.state()?.wans['secondary']?.state, 'up')
})

test('plan is what stands in the kernel afterwards, and touches nothing itself', async () => {
  await using house = await House.open({ topology: 'two-interfaces', withDaemon: false })
  const { host } = house.lab
  const before = await dumpHost(host)
  const planned = await house.folder.command('plan', '--json')
  assert.equal(planned.code, 0, planned.err)
  assert.equal(await dumpHost(host), before)
  const { rules } = JSON.parse(planned.out) as { rules: { command: string; why: string }[] }
  house.start()
  await house.waitUntilUp()
  const standing = await host.run('ip', '-4', 'rule', 'show')
  const ours = standing.split('\n').filter((line) => line.includes('proto 201'))
  assert.equal(rules.filter(({ command }) => command.startsWith('ip -4')).length, ours.length)
  assert.ok(rules.every(({ why }) => why.length > 20))

  const text = await house.folder.command('plan', '--down', 'primary')
  assert.match(text.out, /ip -4 rule add pref 10900 lookup 101/)
  assert.match(text.out, /table inet wan_failover/)
  const silent = await house.folder.command('plan', '--suspect', 'primary')
  const why = 'policy default: new connections avoid primary, which has fallen silent'
  assert.ok(silent.out.includes(`# ${why}`), silent.out)
  assert.match(silent.out, /^ip -4 rule add pref 10900 lookup 101 /m)
  const wrong = await house.folder.command('plan', '--down', 'tertiary')
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /no WAN "tertiary"; the WANs are primary, secondary/)
})

describe('while the daemon runs', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'one-subnet' })
  })
  after(() => house.close())

  test('explain says the way that the kernel really takes', async () => {
    const { host, plan } = { host: house.lab.host, plan: house.lab.plan }
    const from = plan.clients[0].address
    for (const to of ['203.0.113.9', plan.clients[1].address]) {
      const told = await house.folder.command('explain', '--from', from, '--to', to, '--json')
      assert.equal(told.code, 0, told.err)
      const { answers } = JSON.parse(told.out) as {
        answers: { when: string; gateway: string | null }[]
      }
      const real = await host.run('ip', 'route', 'get', to, 'from', from, 'iif', 'eth0')
      const gateway = / via (\S+)/.exec(real)?.[1] ?? null
      assert.equal(answers.find(({ when }) => when === 'now')?.gateway, gateway)
    }
    const words = await house.folder.command('explain', '--from', from)
    assert.match(words.out, /if primary were down: secondary, 192\.168\.0\.2 on eth0, table 101/)
    for (const wrong of [[], ['--protocol', 'ping'], ['--port', '443'], ['--port', '0']]) {
      const ask = wrong.length === 0 ? [] : ['--from', from, ...wrong]
      assert.equal((await house.folder.command('explain', ...ask)).code, 1, wrong.join(' '))
    }
  })

  test('check asks every target by every WAN while the daemon runs', async () => {
    await house.lab.fault({ wan: 2, kind: 'upstream-silent' })
    const checked = await house.folder.command('check')
    assert.match(checked.out, /PROBE {2}primary: 1\.1\.1\.1 answers in [\d.]+ ms/)
    assert.match(checked.out, /PROBE {2}secondary: 1\.1\.1\.1 is silent/)
    await house.lab.repair(2)
  })

  test('status tells what the daemon knows, for people and as JSON, and fails without one', async () => {
    const words = await house.folder.command('status')
    assert.match(words.out, /^\* primary {4}up {8}192\.168\.0\.1 on eth0/m)
    const json = await house.folder.command('status', '--json')
    assert.deepEqual(Object.keys((JSON.parse(json.out) as { wans: object }).wans), [
      'primary',
      'secondary',
    ])
    await house.daemon.stop()
    const silent = await house.folder.command('status')
    assert.equal(silent.code, 1)
    assert.match(silent.err, /no WAN Failover runs in this network/)
  })
})

test('explain knows policies by protocol, port and MAC, and over which WANs they are spread', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    options: {
      policies: [
        { name: 'calls', from: ['all'], protocol: 'udp', ports: ['5060'], use: ['secondary'] },
        { name: 'tablet', from: ['02:00:00:00:01:50'], use: ['secondary', 'primary'] },
        { name: 'spread', from: ['192.168.0.100'], use: ['primary', 'secondary'], balance: true },
      ],
    },
  })
  const [first, second] = house.lab.plan.clients
  await house.lab.client(2).run('ping', '-c', '1', '-W', '1', house.lab.plan.lan.hostAddress)
  const now = async (...words: readonly string[]) => {
    const { out, err } = await house.folder.command('explain', '--from', ...words)
    assert.equal(err, '')
    return out.split('\n')[0] ?? ''
  }
  const call = await now(first.address, '--protocol', 'udp', '--port', '5060')
  assert.match(call, /^now: secondary, .*; policy calls, /)
  assert.match(await now(second.address), /^now: secondary, .*; policy tablet, /)
  const spread = /policy spread, .*; new connections are spread over primary and secondary$/
  assert.match(await now(first.address, '--protocol', 'tcp', '--port', '5060'), spread)
})

test('without WANs it observes only, and says what was found to enter', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    waitUntilUp: false,
    options: { wans: [] },
  })
  await house.daemon.waitForLine(/observing only, nothing is set up: the options name no WAN/, {
    deadlineMs: 20_000,
  })
  await house.daemon.waitForLine(/found wan1 \(10\.1\.0\.2\/24\): gateway 10\.1\.0\.1/, {
    deadlineMs: 5_000,
  })
  const rules = await house.lab.host.run('ip', 'rule', 'show')
  assert.doesNotMatch(rules, /proto 201/)
  const state = await house.mqtt.waitForState(({ problems }) => problems.length > 0, {
    deadlineMs: 10_000,
    what: 'the state of an observer',
  })
  assert.equal(state.active, null)
})

test('a gateway in no network of the host is named, and the other WAN is used', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    waitUntilUp: false,
    wans: [{ gateway: '10.99.0.1', interface: undefined }, {}],
  })
  const state = await house.mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs: 20_000,
    what: 'the WAN that exists to be used',
  })
  assert.match(
    state.wans['primary']?.reason ?? '',
    /the gateway 10\.99\.0\.1 is in no network of this host \(192\.168\.0\.0\/24\)/,
  )
})
