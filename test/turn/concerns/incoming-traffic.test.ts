import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { IncomingTraffic } from '../../../src/turn/concerns/incoming-traffic.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'

/** A stick of its own beside the LAN; `together`: both WANs on the LAN's link. */
function listening({ together = false, metered = true } = {}) {
  const link = together ? 'eth0' : 'wwan0'
  const gateway = together ? '192.168.0.2' : '192.168.8.1'
  const settings = exampleSettings({
    wans: [exampleWan(0), exampleWan(1, { metered, gateway, interface: link })],
  })
  const links = [
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    { name: 'wwan0', addresses: ['192.168.8.100/24'] },
  ]
  const host = exampleHost(links, [exampleRoute('default via 192.168.0.1 dev eth0')])
  const uplinks = resolveUplinks(settings.wans, host)
  const watch = new IncomingTraffic(settings)
  const inUse = new Set(['secondary'])
  let received = 0
  let nowMs = 0
  /** One turn: what it wants to know of links is read, and what it has heard comes out. */
  const turn = (): number => {
    const seen = { nowMs, wallMs: nowMs, uplinks, inUse }
    const wanted = watch.linksToRead(seen)
    assert.ok(wanted.every((one) => one === link))
    const bytes = new Map(wanted.map((one) => [one, { received, sent: 0 }]))
    if (bytes.size > 0) watch.take({ kind: 'link_bytes', bytes }, seen)
    return watch.evidence().heard?.length ?? 0
  }
  /** So many bytes come in by the link, then it is looked at. */
  const comesIn = (bytes: number): number => {
    received += bytes
    nowMs += 100
    return turn()
  }
  const compare = (counter: number): number => {
    const counters = new Map([['received.secondary', counter]])
    watch.take({ kind: 'counters', counters }, { nowMs, wallMs: nowMs, uplinks, inUse })
    return turn()
  }
  return { watch, inUse, comesIn, compare }
}

test('what comes in by a metered WAN is heard once the link is known to carry the Internet', () => {
  const { watch, comesIn, compare } = listening()
  assert.equal(comesIn(5_000), 0)
  compare(0)
  assert.equal(watch.wakeAtMs(), Number.POSITIVE_INFINITY)
  assert.equal(comesIn(20_000), 0)
  compare(16_000)
  assert.ok(watch.wakeAtMs() < Number.POSITIVE_INFINITY)
  assert.equal(comesIn(0), 0)
  assert.equal(comesIn(1_400), 1)
  assert.equal(comesIn(300), 0)
})

test('a link with a LAN on it says nothing', () => {
  const { comesIn, compare } = listening()
  comesIn(0)
  compare(0)
  comesIn(100_000)
  compare(50_000)
  comesIn(0)
  assert.equal(comesIn(5_000), 0)
})

for (const [what, situation] of [
  ['a link that WANs share', { together: true }],
  ['a WAN that is not metered', { metered: false }],
] as const) {
  test(`nobody listens to ${what}`, () => {
    const { watch, comesIn, compare } = listening(situation)
    comesIn(0)
    compare(0)
    comesIn(100_000)
    compare(100_000)
    assert.equal(watch.wakeAtMs(), Number.POSITIVE_INFINITY)
    assert.equal(comesIn(5_000), 0)
  })
}

test('nor to a WAN that carries nothing of ours', () => {
  const { watch, inUse, comesIn, compare } = listening()
  inUse.clear()
  comesIn(0)
  compare(0)
  comesIn(100_000)
  compare(100_000)
  assert.equal(watch.wakeAtMs(), Number.POSITIVE_INFINITY)
})
