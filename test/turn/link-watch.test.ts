import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Uplink } from '../../src/model/uplink.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { LinkWatch } from '../../src/turn/link-watch.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'

const usual = { bytesOut: 3_000, bytesIn: 60, suspects: 1, together: false }

/** For so long, every 50 ms: is the secondary, which is under suspicion, found to be mute? */
function watched(forMs: number, changes: Partial<typeof usual> = {}): boolean {
  const { bytesOut, bytesIn, suspects, together } = { ...usual, ...changes }
  const watch = new LinkWatch()
  let [sent, received, isMute] = [1_000_000, 9_000_000, false]
  for (let nowMs = 0; nowMs <= forMs; nowMs += 50) {
    sent += bytesOut
    received += bytesIn
    const links = watch.linksToRead(suspects === 0 ? [] : [secondary(together)], nowMs)
    if (links.length === 0) continue
    isMute = watch.mute(new Map(links.map((link) => [link, { sent, received }])), nowMs).includes(1)
  }
  return isMute
}

function secondary(together: boolean): Uplink {
  const link = together ? 'eth0' : 'wwan0'
  const { wans } = exampleSettings({
    wans: [exampleWan(0), exampleWan(1, { gateway: '192.168.0.9', interface: link })],
  })
  const links = [
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    { name: 'wwan0', addresses: ['192.168.0.4/24'] },
  ]
  const host = exampleHost(links, [exampleRoute('default via 192.168.0.1 dev eth0')])
  const [, found] = resolveUplinks(wans, host)
  if (found === undefined) throw new Error('there are two WANs')
  return found
}

test('much out and nothing but a gateway’s own words in is mute, after 0.3 s', () => {
  assert.equal(watched(250), false)
  assert.equal(watched(300), true)
})

for (const [what, changes] of [
  ['a link by which little leaves: nobody need answer', { bytesOut: 500 }],
  ['a link by which something comes in', { bytesIn: 1_500 }],
  ['a link that two WANs share', { together: true }],
  ['a WAN that nobody suspects', { suspects: 0 }],
] as const) {
  test(`nothing is said of ${what}`, () => assert.equal(watched(1_000, changes), false))
}

test('each suspicion begins anew, and no link is read between them', () => {
  const watch = new LinkWatch()
  const suspect = secondary(false)
  const look = (nowMs: number, sent: number) =>
    watch
      .linksToRead([suspect], nowMs)
      .flatMap((link) => watch.mute(new Map([[link, { sent, received: 0 }]]), nowMs))
  assert.deepEqual(look(0, 0), [])
  assert.deepEqual(watch.linksToRead([suspect], 20), [], 'too soon')
  assert.deepEqual(watch.linksToRead([], 100), [])
  assert.deepEqual(look(400, 100_000), [])
  assert.deepEqual(look(700, 110_000), [1])
})
