import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IncomingWatch } from '../../src/daemon/incoming-watch.ts'
import { WanBoard } from '../../src/daemon/wan-board.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'
import { FakeKernel } from '../fakes/fake-kernel.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'

/** A stick of its own beside the LAN; `together`: both WANs on the LAN's link. */
function listening({ together = false, metered = true } = {}) {
  const clock = new VirtualClock()
  const kernel = new FakeKernel()
  const link = together ? 'eth0' : 'wwan0'
  const gateway = together ? '192.168.0.2' : '192.168.8.1'
  const settings = exampleSettings({
    wans: [exampleWan(0), exampleWan(1, { metered, gateway, interface: link })],
  })
  const links = [
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    { name: 'wwan0', addresses: ['192.168.8.100/24'] },
  ]
  for (const { name } of links) kernel.addLink(name)
  const board = new WanBoard(settings, 0)
  board.locate(exampleHost(links, [exampleRoute('default via 192.168.0.1 dev eth0')]), 0)
  const heard: number[] = []
  board.heard = (wan) => {
    heard.push(wan)
  }
  const watch = new IncomingWatch({ settings, clock, kernel, board })
  const inUse = new Set(['secondary'])
  let received = 0
  /** So many bytes come in by the link, then it is looked at. */
  const comesIn = async (bytes: number): Promise<number> => {
    received += bytes
    kernel.setLinkBytes(link, { received, sent: 0 })
    await clock.advanceTo(clock.nowMs() + 100)
    heard.length = 0
    await watch.look(inUse)
    return heard.length
  }
  const compare = (counter: number) => watch.compare(new Map([['received.secondary', counter]]))
  return { watch, inUse, comesIn, compare }
}

test('what comes in by a metered WAN is heard once the link is known to carry the Internet', async () => {
  const { watch, comesIn, compare } = listening()
  assert.equal(await comesIn(5_000), 0)
  await compare(0)
  assert.equal(watch.wakeAtMs, Number.POSITIVE_INFINITY)
  assert.equal(await comesIn(20_000), 0)
  await compare(16_000)
  assert.ok(watch.wakeAtMs < Number.POSITIVE_INFINITY)
  assert.equal(await comesIn(0), 0)
  assert.equal(await comesIn(1_400), 1)
  assert.equal(await comesIn(300), 0)
})

test('a link with a LAN on it says nothing', async () => {
  const { comesIn, compare } = listening()
  await comesIn(0)
  await compare(0)
  await comesIn(100_000)
  await compare(50_000)
  await comesIn(0)
  assert.equal(await comesIn(5_000), 0)
})

for (const [what, situation] of [
  ['a link that WANs share', { together: true }],
  ['a WAN that is not metered', { metered: false }],
] as const) {
  test(`nobody listens to ${what}`, async () => {
    const { watch, comesIn, compare } = listening(situation)
    await comesIn(0)
    await compare(0)
    await comesIn(100_000)
    await compare(100_000)
    assert.equal(watch.wakeAtMs, Number.POSITIVE_INFINITY)
    assert.equal(await comesIn(5_000), 0)
  })
}

test('nor to a WAN that carries nothing of ours', async () => {
  const { watch, inUse, comesIn, compare } = listening()
  inUse.clear()
  await comesIn(0)
  await compare(0)
  await comesIn(100_000)
  await compare(100_000)
  assert.equal(watch.wakeAtMs, Number.POSITIVE_INFINITY)
})
