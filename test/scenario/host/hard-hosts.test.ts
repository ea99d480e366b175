/** What a host may come to: it is crowded, its disk is full, its clock jumps, its links change names. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'

const within = { deadlineMs: 30_000 } as const

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
