import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Agent } from '../../lab/agents/agent.ts'
import type { TunAgentOptions } from '../../lab/agents/tun-agent.ts'
import { House } from '../../lab/house/house.ts'
import type { Lab } from '../../lab/lab.ts'

interface Dialled {
  readonly name: string
  readonly address: string
}

/** A line as pppd makes it, of two TUN devices; it hangs up with the program between them. */
async function dialTun(lab: Lab, { name, address }: Dialled): Promise<Agent> {
  const gateway = lab.gateway(2)
  const far = { name: 'dialled', pid: gateway.pid }
  const program = new URL('../../lab/agents/tun-agent.ts', import.meta.url)
  const line = await Agent.start(lab.host, program, { name, far } satisfies TunAgentOptions)
  await gateway.ip([
    'link set dialled up',
    'address add 10.64.64.64/32 dev dialled',
    `route replace ${address}/32 dev dialled`,
  ])
  await lab.host.ip([
    `link set ${name} up`,
    `address add ${address} peer 10.64.64.64 dev ${name}`,
    `route add default dev ${name} metric 300`,
  ])
  return line
}

test('a TUN device carries the house, and again with another address and another index', async () => {
  const name = 'ppp0'
  await using house = await House.open({
    topology: 'two-interfaces',
    wans: [{}, { gateway: 'auto', interface: name }],
    waitUntilUp: false,
  })
  const { lab, mqtt } = house
  const index = async () =>
    Number(/^(\d+):/.exec(await lab.host.run('ip', 'link', 'show', name))?.[1])
  const carries = async (address: string) => {
    await mqtt.waitForState(
      ({ wans, active }) => wans['secondary']?.state === 'up' && active === 'secondary',
      { deadlineMs: 20_000, what: `the line to carry as ${address}` },
    )
    const way = await lab.host.run('ip', 'route', 'get', '1.1.1.1')
    assert.ok(way.includes(`dev ${name}`) && way.includes(`src ${address}`), way)
    await lab.client(1).run('ping', '-c', '1', '-W', '2', '1.1.1.1')
  }
  const first = await dialTun(lab, { name, address: '10.64.0.5' })
  const firstIndex = await index()
  await house.waitUntilUp()
  await lab.fault({ wan: 1, kind: 'gateway-dead' })
  await carries('10.64.0.5')

  await first.stop()
  await mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'down', {
    deadlineMs: 20_000,
    what: 'the line to be down',
  })
  const second = await dialTun(lab, { name, address: '10.64.0.6' })
  assert.notEqual(await index(), firstIndex)
  await carries('10.64.0.6')
  await second.stop()
})

test('main loses the default of a WAN that lives: its gateway is kept, and the reason says so', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    wans: [{}, { gateway: 'auto' }],
  })
  const { lab, mqtt } = house
  await lab.host.ip(['route del default dev wan2'])
  const state = await mqtt.waitForState(
    ({ wans }) => /main has lost the default route of wan2/.test(wans['secondary']?.reason ?? ''),
    { deadlineMs: 20_000, what: 'the reason to say it' },
  )
  assert.equal(state.wans['secondary']?.state, 'up')
  assert.equal(state.wans['secondary']?.gateway, '10.2.0.1')
  assert.ok(!mqtt.events.some(({ event_type }) => event_type === 'wan_down'))
})
