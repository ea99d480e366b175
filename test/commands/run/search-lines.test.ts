import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Agent } from '../../lab/agents/agent.ts'
import type { TunAgentOptions } from '../../lab/agents/tun-agent.ts'
import { skipWithout } from '../../lab/host/requirements.ts'
import { Lab } from '../../lab/lab.ts'
import { waitFor } from '../../wait-for.ts'
import { brief, search } from './search.ts'

test('both gateways of one subnet are found, though the table names one', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const { lines, notes } = await search(lab)
  assert.deepEqual(brief(lines), [
    ['eth0/192.168.0.1', 'default_route, neighbour', '100.64.1.2', null],
    ['eth0/192.168.0.2', 'neighbour', '100.64.2.2', null],
  ])
  assert.deepEqual(notes, [])
  for (const { answered, latency_ms } of lines) {
    assert.deepEqual(
      answered.map(({ target, method }) => `${target} ${method}`),
      ['1.1.1.1', '8.8.8.8', '9.9.9.9'].flatMap((target) => [`${target} icmp`, `${target} dns`]),
    )
    assert.equal(latency_ms, Math.min(...answered.map((answer) => answer.latency_ms)))
  }
})

test('a gateway on each interface is found, and a configured one keeps its name', async () => {
  await using lab = await Lab.create({ topology: 'two-interfaces' })
  const fibre = '{ name: fibre, gateway: 10.2.0.1, interface: wan2 }'
  const lte = '{ name: primary, gateway: 10.3.0.1, interface: wan2 }'
  const { lines } = await search(lab, `wans: [${fibre}, ${lte}]`)
  assert.deepEqual(
    lines.map(({ id, wan, suggested }) => [id, wan, suggested.name]),
    [
      ['wan2/10.2.0.1', 'fibre', 'fibre'],
      ['wan1/10.1.0.1', null, 'secondary'],
      ['wan2/10.3.0.1', 'primary', 'primary'],
    ],
  )
  assert.deepEqual(lines[2]?.answered, [])
})

test('a stick that has no default route is found by its own subnet', async () => {
  await using lab = await Lab.create({ topology: 'lan-and-stick' })
  await lab.host.ip(['route delete default dev wwan0'])
  const { lines } = await search(lab)
  assert.deepEqual(brief(lines), [
    ['eth0/192.168.0.1', 'default_route, neighbour', '100.64.1.2', null],
    ['wwan0/192.168.8.1', 'neighbour', '100.64.2.2', null],
  ])
  assert.deepEqual([lines[1]?.kind, lines[1]?.suggested.metered], ['modem', true])
  assert.deepEqual([lines[0]?.kind, lines[0]?.suggested.metered], ['router', false])
})

test('the router of IPv6 belongs to its line', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
  const ping = () => lab.host.run('ping', '-c', '1', '-W', '1', 'fe80::1%eth0').catch(() => null)
  await waitFor(ping, { deadlineMs: 10_000, what: 'the kernel to know the MAC of the router' })
  const { lines } = await search(lab)
  assert.deepEqual(
    lines.map(({ id, gateway6, public_ip6 }) => [id, gateway6, public_ip6]),
    [
      ['eth0/192.168.0.1', 'fe80::1', '2001:db8:1::3'],
      ['eth0/192.168.0.2', null, null],
    ],
  )
})

const noTun = skipWithout('/dev/net/tun')

test('a line of plain IP, as a stick in raw mode has it, is found', { skip: noTun }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const gateway = lab.gateway(2)
  const far = { name: 'dialled', pid: gateway.pid }
  const options: TunAgentOptions = { name: 'wwan0', far }
  const agent = await Agent.start(
    lab.host,
    new URL('../../lab/agents/tun-agent.ts', import.meta.url),
    options,
  )
  await gateway.ip([
    'link set dialled up',
    'address add 10.64.64.64/32 dev dialled',
    'route replace 10.64.0.5/32 dev dialled',
  ])
  await lab.host.ip(['link set wwan0 up', 'address add 10.64.0.5/32 dev wwan0'])
  const { lines } = await search(lab)
  const line = lines.find(({ id }) => id === 'wwan0')
  assert.deepEqual([line?.mac, line?.public_ip], [null, '100.64.2.2'])
  await agent.stop()
})
