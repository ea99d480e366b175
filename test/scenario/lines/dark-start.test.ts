import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'

test('started with every line dead, the first one that answers carries new connections at once', async () => {
  // On one subnet the host would point clients to the dead router while no daemon runs.
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab, mqtt } = house
  const stream = await lab.client(1).startStream({ newFlows: true })
  await house.daemon.end('SIGTERM')
  await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await lab.fault({ wan: 2, kind: 'upstream-silent' })
  house.startAgain()
  await mqtt.waitForState(
    ({ wans }) => Object.values(wans).every(({ state }) => state === 'down'),
    { deadlineMs: 10_000, what: 'both lines down from the start' },
  )
  const { beforeMs, event } = await mendLine(house, 2, { tells: 'restored' })
  const { answer } = await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 5_000 })
  await stream.stop()
  const tookMs = answer.atMs - beforeMs
  assert.ok(tookMs < 1_500, `${tookMs} ms after it returned`)
  // It counts as healthy only once it has answered some rounds in a row.
  assert.ok(answer.atMs < event.seenMs - 1_000, `told ${event.seenMs - answer.atMs} ms later`)
})
