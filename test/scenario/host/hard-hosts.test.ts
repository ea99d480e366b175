/** What a host may come to: it is crowded, its disk is full, its clock jumps, its links change names. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { startAgain } from './start-again.ts'

const within = { deadlineMs: 30_000 } as const

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

test('routes that change without end keep no client from the other line', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, daemon } = house
  const stream = await lab.client(1).startStream({ newFlows: true })
  const change = ['route replace 10.99.0.0/24 dev lo', 'route delete 10.99.0.0/24 dev lo']
  const lines = `while :; do printf '${change.join('\\n')}\\n'; done | ip -batch -`
  const changing = lab.host.spawn('sh', ['-c', lines], { stdio: 'ignore' })
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, ...within })
  changing.kill()
  await stream.stop()
  assert.ok(daemon.running)
})
