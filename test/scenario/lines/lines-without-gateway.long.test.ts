import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import type { Lab } from '../../lab/lab.ts'

const mac = '02:00:00:00:02:77'

interface Dialled {
  readonly name: string
  readonly address: string
}

/**
 * A line as an LTE modem makes it, beside the lab's own WANs: no ARP, a /32, and a default route
 * that names only the link. Both ends have one MAC, for nobody asks for the other's.
 */
async function dial(lab: Lab, { name, address }: Dialled): Promise<void> {
  const gateway = lab.gateway(2)
  await lab.host.ip([`link add ${name} type veth peer name dialled netns ${gateway.pid}`])
  await gateway.ip([
    `link set dialled address ${mac} arp off up`,
    'address add 10.64.64.64/32 dev dialled',
    `route replace ${address}/32 dev dialled`,
  ])
  await lab.host.ip([
    `link set ${name} address ${mac} arp off up`,
    `address add ${address}/32 dev ${name}`,
    `route add default dev ${name} metric 300`,
  ])
}

test('a line without a gateway carries the house, and comes back as another', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    wans: [{}, { gateway: 'auto', interface: mac }],
    waitUntilUp: false,
  })
  const { lab, mqtt } = house
  await mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'down', {
    deadlineMs: 20_000,
    what: 'the line to be down before it is dialled',
  })
  await dial(lab, { name: 'wwan7', address: '10.64.0.5' })
  await house.waitUntilUp()
  assert.equal(mqtt.state()?.wans['secondary']?.gateway, null)

  await lab.fault({ wan: 1, kind: 'gateway-dead' })
  await mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs: 20_000,
    what: 'the failover to the line',
  })
  await lab.client(1).run('ping', '-c', '1', '-W', '2', '1.1.1.1')
  assert.match(await lab.host.run('ip', 'route', 'get', '1.1.1.1'), /^1\.1\.1\.1 dev wwan7 /)
  const told = await house.folder.command('explain', '--from', '192.168.0.100', '--to', '1.1.1.1')
  assert.match(told.out, /wwan7/, told.err)

  await lab.host.ip(['link delete wwan7'])
  await mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'down', {
    deadlineMs: 20_000,
    what: 'the line to be down',
  })
  await dial(lab, { name: 'wwan9', address: '10.64.0.6' })
  await mqtt.waitForState(
    ({ wans, active }) => wans['secondary']?.state === 'up' && active === 'secondary',
    {
      deadlineMs: 20_000,
      what: 'the line to be used under its new name',
    },
  )
  assert.match(await lab.host.run('ip', 'route', 'get', '1.1.1.1'), /dev wwan9 .*src 10\.64\.0\.6/)
  await lab.client(1).run('ping', '-c', '1', '-W', '2', '1.1.1.1')

  const checked = await house.folder.command('check')
  assert.match(checked.out, /WAN {4}secondary: gateway not needed \(point to point\).*wwan9/)
})
