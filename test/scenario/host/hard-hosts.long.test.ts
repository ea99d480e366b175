/**
 * What a host may come to: it is crowded, its disk is full, its clock jumps, its links change names.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { brokerOf, House, optionsOf } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'
import { startAgain } from './start-again.ts'

const within = { deadlineMs: 30_000 } as const
const dayMs = 24 * 60 * 60 * 1_000
const otherClock = fileURLToPath(new URL('../../lab/measure/other-clock.ts', import.meta.url))

/** In one go, whatever their number. */
async function ipBatch(host: LabNode, lines: readonly string[]): Promise<void> {
  const file = join('/tmp', `lines-${process.pid}`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  await host.run('ip', '-batch', file)
}

test('with 3,000 routes and 50 networks of Docker’s it starts, and fails over', async () => {
  await using house = await House.open({ topology: 'one-subnet', waitUntilUp: false })
  const { lab, mqtt } = house
  await house.daemon.stop()
  const numbers = Array.from({ length: 50 }, (_, i) => i)
  await ipBatch(lab.host, [
    ...numbers.flatMap((i) => [
      `link add br-${i} type bridge`,
      `address add 172.20.${i}.1/24 dev br-${i}`,
      `link set br-${i} up`,
    ]),
    ...Array.from(
      { length: 3_000 },
      (_, i) => `route add 10.${100 + Math.floor(i / 256)}.${i % 256}.0/24 via 192.168.0.100`,
    ),
  ])
  await startAgain(house)
  const stream = await lab.client(1).startStream({ newFlows: true })
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, ...within })
  await mqtt.waitForEvent('failover', { afterMs: fault.beforeMs, ...within })
  await stream.stop()
  const copies = await lab.host.run('ip', 'route', 'show', 'table', '101')
  assert.ok(copies.split('\n').length > 3_050, 'each route is in the table of the WAN in use')
  await ipBatch(
    lab.host,
    numbers.map((i) => `link delete br-${i}`),
  )
  await lab.host.run('ip', 'route', 'flush', 'via', '192.168.0.100')
})

for (const [what, spoil] of [
  ['full', (path: string) => `head -c 10M /dev/zero > ${path}/filled || :`],
  ['read-only', (path: string) => `mount -o remount,ro ${path}`],
] as const) {
  test(`a data folder that is ${what} keeps nobody from the other line, nor a start`, async () => {
    await using house = await House.open({ topology: 'one-subnet', waitUntilUp: false })
    const { lab, mqtt, folder } = house
    await house.daemon.stop()
    await lab.host.run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path)
    await using _mounted = {
      [Symbol.asyncDispose]: async () => {
        // A killed one would leave its decision to the next test's house.
        await house.daemon.stop()
        await lab.host.run('umount', folder.path)
      },
    }
    folder.write({ ...optionsOf(lab.plan), ...brokerOf(mqtt) })
    await startAgain(house)
    await lab.host.script(spoil(folder.path))
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await mendLine(house, 1)
    await house.daemon.stop()
    await startAgain(house)
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  })
}

for (const [what, jumpMs] of [
  ['back', -dayMs],
  ['forward', dayMs],
] as const) {
  test(`a clock that is set ${what} a day moves nothing, and hides no dead line`, async () => {
    await using house = await House.open({
      topology: 'one-subnet',
      circumstances: {
        environment: { CLOCK_JUMP: String(jumpMs), NODE_OPTIONS: `--import=${otherClock}` },
      },
    })
    const { mqtt, daemon } = house
    const about = mqtt.state()?.at
    assert.ok(about !== undefined)
    process.kill(daemon.pid, 'SIGUSR2')
    await mqtt.waitForState(({ at }) => Math.abs(Date.parse(at) - Date.parse(about)) > dayMs / 2, {
      ...within,
      what: 'its clock to jump',
    })
    assert.deepEqual(mqtt.events, [])
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await mendLine(house, 1)
  })
}

test('a link that changes its name is the same line again', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab, mqtt } = house
  const { interface: name } = lab.wan(1)
  const fromMs = monotonicMs()
  await lab.host.ip([`link set ${name} down`, `link set ${name} name other0`, 'link set other0 up'])
  await mqtt.waitForEvent('failover', { afterMs: fromMs, ...within })
  await lab.host.ip([`link set other0 down`, `link set other0 name ${name}`, `link set ${name} up`])
  await lab.host.ip([`route replace default via ${lab.wan(1).gateway} dev ${name} metric 1`])
  await waitFor(() => mqtt.state()?.active === 'primary', { ...within, what: 'the line again' })
})
