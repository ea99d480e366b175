/** Who uses this machine, as the page asks: real packets, real neighbours, a name by mDNS. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device, Devices } from '../../../src/model/published/devices.ts'
import type { OptionsCheck, OptionsPage } from '../../../src/model/published/options-page.ts'
import { withPolicy } from '../../../src/web/ui/devices/policy-change.ts'
import { House } from '../../lab/house/house.ts'
import type { MdnsResponderOptions } from '../../lab/internet/mdns-responder.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target, target6 } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'
import { ask, command } from '../../web/ask.ts'

const responder = new URL('../../lab/internet/mdns-responder.ts', import.meta.url)

const port = 8099

async function keyOf({ folder }: House): Promise<{ readonly authorization: string }> {
  const { out } = await folder.command('page')
  const [, key = ''] = /#key=([\w-]+)/.exec(out) ?? []
  return { authorization: `Bearer ${key}` }
}

async function devicesOf(house: House): Promise<readonly Device[]> {
  const headers = await keyOf(house)
  const { status, body } = await ask({ port, path: '/api/devices', headers })
  assert.equal(status, 200, body)
  const found: Devices = JSON.parse(body)
  assert.equal(found.truncated, false)
  return found.devices
}

async function sayNames(node: LabNode, options: MdnsResponderOptions): Promise<void> {
  await node.startProgram(responder, options)
}

/** 100 echo requests of 1,000 bytes, and their answers; how many bytes of IP that is. */
async function ping(node: LabNode, to: string): Promise<number> {
  await node.script(`ping -q -n -c 100 -i 0.005 -s 972 -W 1 ${to}`)
  return 2 * 100 * (to.includes(':') ? 1_020 : 1_000)
}

function assertClose(found: number | undefined, expected: number): void {
  assert.ok(found !== undefined, 'nothing was counted')
  assert.ok(Math.abs(found - expected) <= expected * 0.03, `${found} instead of ${expected}`)
}

test('two clients by different WANs: each with its bytes, its policy and the name it gives', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    ipv6: true,
    options: {
      nat: 'always',
      policies: [{ name: 'roaming', from: ['02:00:00:00:01:50'], use: ['secondary', 'primary'] }],
    },
  })
  const { lab } = house
  const [one, two] = lab.plan.clients
  // The second one claims to be the first one too, and is believed of itself alone.
  const names = { [one.address]: 'impostor.local', [two.address]: 'Kitchen radio.local' }
  await sayNames(lab.client(2), { address: two.address, names })
  const ipv4 = await ping(lab.client(1), target)
  const ipv6 = await ping(lab.client(1), target6)
  const byStick = await ping(lab.client(2), target)
  const [first, second, ...others] = await waitFor(
    async () => {
      const devices = await devicesOf(house)
      return devices.filter(({ through }) => through).length === 2 ? devices : null
    },
    { deadlineMs: 10_000, what: 'two devices that pass' },
  )
  assert.deepEqual(others, [])
  assert.deepEqual(first?.address, one.address)
  // To an IPv6 address of the house the router answers straight, past this machine.
  assertClose(first?.bytes['primary'], ipv4 + ipv6 / 2)
  assert.deepEqual([first?.policy, first?.wan, first?.name], ['default', 'primary', null])
  assert.deepEqual(second?.mac, two.mac)
  assertClose(second?.bytes['secondary'], byStick)
  assert.deepEqual(
    [second?.policy, second?.wan, second?.name, second?.gateway],
    ['roaming', 'secondary', 'Kitchen radio', lab.plan.lan.hostAddress],
  )
  assert.ok(Math.abs(Date.now() - Date.parse(second?.last_seen ?? '')) < 30_000)
  await assertToldNobodyElse(house, ['Kitchen', one.address, one.mac, two.address])
})

/** Only the page that asks hears of who is in the house. */
async function assertToldNobodyElse(house: House, words: readonly string[]): Promise<void> {
  const range = `from=${Date.now() - 3_600_000}&to=${Date.now() + 10_000}`
  const paths = [`/api/history?${range}`, '/api/state', '/metrics']
  const answers = await Promise.all(paths.map((path) => ask({ port, path })))
  const told = [
    ...house.daemon.lines,
    JSON.stringify(house.mqtt.state()),
    ...answers.map(({ body }) => body),
  ].join('\n')
  assert.match(told, /secondary/)
  for (const word of words) assert.ok(!told.includes(word), `${word} is told elsewhere`)
}

test('a neighbour whose gateway is the router still is told from the one that passes us', async () => {
  await using house = await House.open({ topology: 'lan-and-stick' })
  const { lab } = house
  const { hostAddress } = lab.plan.lan
  const [router] = lab.plan.wans
  await lab.client(2).ip([`route replace default via ${router.gateway}`])
  await lab.client(1).script(`ping -q -n -c 2 -i 0.1 ${target}`)
  await lab.client(2).script(`ping -q -n -c 2 -i 0.1 ${target}`)
  // This machine has never spoken to it.
  await lab.host.script(`ip neigh show | (! grep ${lab.plan.clients[1].address})`)
  const devices = await devicesOf(house)
  const [one, two] = lab.plan.clients
  assert.deepEqual(
    devices.map(({ address, through, gateway, here }) => ({ address, through, gateway, here })),
    [
      { address: one.address, through: true, gateway: hostAddress, here: hostAddress },
      { address: two.address, through: false, gateway: router.gateway, here: hostAddress },
    ],
  )
  // Whom it asked has not become a neighbour of the kernel's.
  await lab.host.script(`ip neigh show | (! grep ${two.address})`)
  assert.deepEqual([devices[1]?.bytes, devices[1]?.wan, devices[1]?.last_seen], [{}, null, null])
})

test('a policy that is chosen for a device on the page moves it, and its bytes go on', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    options: { policies: [{ name: 'roaming', from: ['192.168.0.150'], use: ['secondary'] }] },
  })
  const { lab } = house
  const [one] = lab.plan.clients
  const headers = await keyOf(house)
  const stream = await lab.client(1).startStream()
  await stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 10_000 })
  const [before] = await devicesOf(house)
  assert.deepEqual([before?.address, before?.policy], [one.address, 'default'])
  assert.ok(before !== undefined)

  const { body } = await ask({ port, path: '/api/options', headers })
  const page: OptionsPage = JSON.parse(body)
  const { options } = withPolicy(page.options, before, 'roaming')
  const checked = await command(port, '/api/options/check', { options }, headers)
  const { problems, difference }: OptionsCheck = JSON.parse(checked.body)
  assert.deepEqual(problems, [])
  assert.deepEqual(
    difference.map(({ path, after }) => [path, after]),
    [['policies[0].from', ['192.168.0.150', one.mac]]],
  )
  const beforeMs = monotonicMs()
  const { version } = page
  const written = await command(port, '/api/options', { options, version }, headers)
  assert.equal(written.status, 202, written.body)
  await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 20_000 })
  assert.equal((await command(port, '/api/options/confirm', {}, headers)).status, 200)
  const [after] = await devicesOf(house)
  assert.deepEqual([after?.policy, after?.wan], ['roaming', 'secondary'])
  assert.ok((after?.bytes['primary'] ?? 0) >= (before.bytes['primary'] ?? 0))
  assert.ok((after?.bytes['secondary'] ?? 0) > 0)
  await stream.stop()
})
