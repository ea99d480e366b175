import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from '../../../src/options/parse-options.ts'
import { Agent } from '../../lab/agents/agent.ts'
import type { RouterAgentOptions } from '../../lab/agents/router-agent.ts'
import { Lab } from '../../lab/lab.ts'
import { waitFor } from '../../wait-for.ts'
import { brief, search } from './search.ts'

test('what is suggested for the lines is right as options', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const { lines } = await search(lab)
  const wans = lines.map(({ suggested: { gateway6, ...entry } }) => ({
    ...entry,
    ...(gateway6 === null ? {} : { gateway6 }),
  }))
  const parsed = parseOptions(JSON.stringify({ wans }))
  assert.equal(parsed.kind, 'ok', JSON.stringify(parsed))
})

test('two modems with one address in two networks are two lines', async () => {
  await using lab = await Lab.create({ topology: 'twin-modems' })
  const { lines } = await search(lab)
  assert.deepEqual(brief(lines), [
    ['wan1/192.168.8.1', 'default_route, neighbour', '100.64.1.2', null],
    ['wan2/192.168.8.1', 'default_route, neighbour', '100.64.2.2', null],
  ])
})

test('a router behind the other router is the same line', async () => {
  await using lab = await Lab.create({ topology: 'two-interfaces' })
  await putBehindTheFirst(lab)
  const { lines } = await search(lab)
  assert.deepEqual(brief(lines), [
    ['wan1/10.1.0.1', 'default_route, neighbour', '100.64.1.2', null],
    ['wan2/10.2.0.1', 'default_route, neighbour', '100.64.1.2', 'wan1/10.1.0.1'],
  ])
})

test('a neighbour that passes nothing on is no line, nor is one that passes it to the router', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  await lab.client(1).script('echo 0 > /proc/sys/net/ipv4/ip_forward')
  await lab.client(2).script('echo 1 > /proc/sys/net/ipv4/ip_forward')
  const all = '/proc/sys/net/ipv4/conf/*/send_redirects'
  await lab.client(2).script(`for f in ${all}; do echo 0 > $f; done`)
  await lab.client(2).ip(['route replace default via 192.168.0.1 dev eth0'])
  const { lines, notes } = await search(lab)
  assert.deepEqual(
    lines.map(({ id }) => id),
    ['eth0/192.168.0.1', 'eth0/192.168.0.2'],
  )
  assert.match(notes.join('\n'), /^192\.168\.0\.150 on eth0 only passes packets on/)
})

test('a machine with containers, which drops what it would pass on, is no line', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  await lab.client(2).script('echo 1 > /proc/sys/net/ipv4/ip_forward')
  await lab.client(2).ip(['route replace default via 192.168.0.1 dev eth0'])
  await lab.client(2).nft(`table inet docker {
    chain forward {
      type filter hook forward priority filter; policy drop;
    }
  }`)
  const { lines } = await search(lab)
  assert.deepEqual(
    lines.map(({ id }) => id),
    ['eth0/192.168.0.1', 'eth0/192.168.0.2'],
  )
})

for (const kind of ['upstream-silent', 'no-route'] as const) {
  test(`a gateway with no Internet behind it is found: ${kind}`, async () => {
    await using lab = await Lab.create({ topology: 'one-subnet' })
    if (kind === 'no-route') await lab.gateway(2).ip(['route delete default'])
    else await lab.fault({ wan: 2, kind })
    const { lines } = await search(lab)
    assert.deepEqual(
      lines.map(({ id, answered, latency_ms }) => [id, answered.length, latency_ms === null]),
      [
        ['eth0/192.168.0.1', 6, false],
        ['eth0/192.168.0.2', 0, true],
      ],
    )
  })
}

test('a strict reverse path filter and a strict firewall hide no line', async () => {
  await using lab = await Lab.create({ topology: 'lan-and-stick' })
  await lab.host.ip(['route delete default dev wwan0'])
  await lab.host.script('for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $f; done')
  await lab.host.nft(`table inet strict {
    chain input {
      type filter hook input priority filter; policy drop;
      iif lo accept
      ct state established,related accept
    }
  }`)
  const { lines } = await search(lab)
  await lab.host.nft('delete table inet strict')
  assert.deepEqual(
    lines.map(({ id, answered }) => [id, answered.length]),
    [
      ['eth0/192.168.0.1', 6],
      ['wwan0/192.168.8.1', 6],
    ],
  )
})

test('a router that offers IPv6 by itself belongs to its line, one without a line to none', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
  await lab.host.ip(['route flush default'], 'inet6')
  const program = new URL('../../lab/agents/router-agent.ts', import.meta.url)
  const first: RouterAgentOptions = { link: 'lan', lifetimeSeconds: 0 }
  const second: RouterAgentOptions = { link: 'lan', lifetimeSeconds: 1800 }
  const agents = [
    await Agent.start(lab.gateway(1), program, first),
    await Agent.start(lab.gateway(2), program, second),
  ]
  const { lines } = await search(lab)
  for (const agent of agents) await agent.stop()
  assert.deepEqual(
    lines.map(({ id, found_by, gateway6, public_ip6 }) => [
      id,
      found_by.includes('router_advertisement'),
      gateway6,
      public_ip6,
    ]),
    [
      ['eth0/192.168.0.1', false, null, null],
      ['eth0/192.168.0.2', true, 'fe80::2', '2001:db8:2::3'],
    ],
  )
})

test('a line without ARP and without a gateway is found', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const gateway = lab.gateway(2)
  const mac = '02:00:00:00:02:77'
  await lab.host.ip([`link add wwan7 type veth peer name dialled netns ${gateway.pid}`])
  await gateway.ip([
    `link set dialled address ${mac} arp off up`,
    'address add 10.64.64.64/32 dev dialled',
    'route replace 10.64.0.5/32 dev dialled',
  ])
  await lab.host.ip([
    `link set wwan7 address ${mac} arp off up`,
    'address add 10.64.0.5/32 dev wwan7',
  ])
  const { lines } = await search(lab)
  const line = lines.find(({ id }) => id === 'wwan7')
  assert.deepEqual([line?.kind, line?.gateway, line?.public_ip], ['interface', null, '100.64.2.2'])
  assert.equal(line?.same_as, 'eth0/192.168.0.2')
  assert.deepEqual(line?.suggested, {
    name: 'third',
    metered: true,
    gateway: 'none',
    interface: 'wwan7',
    gateway6: null,
  })
  await lab.host.ip(['link delete wwan7'])
})

test('a bridge is searched as any other link, and so is a second address of a link', async () => {
  await using lab = await Lab.create({ topology: 'two-interfaces' })
  await lab.gateway(2).ip(['address add 10.8.0.1/24 dev lan'])
  await lab.host.ip([
    'address flush dev wan2',
    'address add 10.8.0.2/24 dev wan2',
    'address add 10.9.0.2/24 dev wan2',
    'address flush dev wan1',
    'link add br0 type bridge',
    'link set wan1 master br0',
    'address add 10.1.0.2/24 dev br0',
    'link set br0 up',
  ])
  const { lines } = await search(lab)
  assert.deepEqual(brief(lines), [
    ['br0/10.1.0.1', 'neighbour', '100.64.1.2', null],
    ['wan2/10.8.0.1', 'neighbour', '100.64.2.2', null],
  ])
  await lab.host.ip(['link delete br0'])
})

test('a /24 is asked in two seconds, and a /22 and three subnets in seven', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const one = await search(lab)
  assert.ok(one.ms < 4_000, `one /24: ${one.ms} ms`)
  await lab.host.ip([
    'address add 10.20.0.1/22 dev eth0',
    'address add 10.30.0.1/24 dev eth0',
    'address add 10.40.0.1/16 dev eth0',
  ])
  const four = await search(lab)
  assert.ok(four.ms < 8_000, `four subnets: ${four.ms} ms`)
  assert.equal(four.lines.length, 2)
})

/** The second gateway's line is now a cable into the first one's network. */
async function putBehindTheFirst(lab: Lab): Promise<void> {
  const inner = lab.gateway(2)
  await inner.ip([`link add inner type veth peer name inner netns ${lab.switch.pid}`])
  await lab.switch.ip([`link set inner master ${lab.wan(1).segment} up`])
  await inner.ip([
    'address add 10.1.0.9/24 dev inner',
    'link set inner up',
    'route replace default via 10.1.0.1 dev inner',
  ])
  await inner.nft('add rule inet gateway postrouting oifname "inner" masquerade')
  await waitFor(() => inner.run('ping', '-c', '1', '-W', '1', '10.1.0.1').catch(() => null), {
    deadlineMs: 5_000,
    what: 'the inner router to reach the outer one',
  })
}
