import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { PairChannel, readCard } from '../../../src/homeassistant/mqtt/pair-channel.ts'
import type { OtherBoxEvent } from '../../../src/model/event.ts'
import { type BoxCard, maxCardBytes } from '../../../src/model/published/box-card.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { EmbeddedBroker } from '../../fakes/embedded-broker.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { two } from '../../options/refused.ts'
import { waitFor } from '../../wait-for.ts'
import { BrokerView } from '../broker-view.ts'
import { DaemonSide, plainBroker } from '../daemon-side.ts'

const topicOf = (role: string) => `wan_failover/pair/51/192.168.0.5/${role}`

/** One box: its side of the broker, and what it has heard of the other one. */
class OneBox {
  readonly log = new RecordedLog()
  readonly heard: OtherBoxEvent[] = []
  readonly side: DaemonSide

  constructor(port: number, role: 'first' | 'second', options: Readonly<Record<string, string>>) {
    const { pair } = settingsOf(`${two}pair: { address: 192.168.0.5/24, role: ${role} }`)
    assert.ok(pair !== null)
    const channel = new PairChannel({
      baseTopic: 'wan_failover',
      pair,
      card: { version: '1.2.0', options },
      log: this.log,
      onOther: (event) => this.heard.push(event),
    })
    const baseTopic = role === 'first' ? 'wan_failover' : 'wan_failover_second'
    this.side = new DaemonSide(plainBroker(port), { baseTopic, pair: channel, hostName: role })
  }

  get newest(): BoxCard | null | undefined {
    return this.heard.at(-1)?.card
  }
}

describe('two boxes on one broker', () => {
  let broker: EmbeddedBroker
  let view: BrokerView
  let first: OneBox

  beforeEach(async () => {
    broker = await EmbeddedBroker.start()
    view = await BrokerView.open(broker.port)
    first = new OneBox(broker.port, 'first', { nat: 'auto' })
    await waitFor(() => view.newest.has(topicOf('first')), { what: 'the first one has said it' })
  })

  afterEach(async () => {
    await first.side.homeAssistant.close()
    await view.close()
    await broker.close()
  })

  test('each hears what the other one is like, and that it has gone', async () => {
    const second = new OneBox(broker.port, 'second', { nat: 'never' })
    await waitFor(() => first.newest != null && second.newest != null, { what: 'both have heard' })
    assert.deepEqual(second.newest?.options, { nat: 'auto' })
    assert.deepEqual(first.newest?.options, { nat: 'never' })
    // The first one's card had been there before, the second's came as it was sent.
    assert.deepEqual([second.heard[0]?.isLive, first.heard[0]?.isLive], [false, true])
    await second.side.homeAssistant.close()
    await waitFor(() => first.newest === null, { what: 'the card is taken away' })
    await waitFor(() => !view.newest.has(topicOf('second')), { what: 'nothing is retained' })
    assert.deepEqual([...first.log.lines, ...second.log.lines], [])
  })

  test('what is no card is not heard, and is logged once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await view.say(topicOf('second'), 'x'.repeat(maxCardBytes + 1), true)
      await view.say(topicOf('second'), '{"role":"second"}')
    }
    const good = { role: 'second', version: '9', at: '2026-11-21T10:00:00.000Z', options: {} }
    await view.say(topicOf('second'), JSON.stringify(good))
    await waitFor(() => first.heard.length > 0, { what: 'the good one is heard' })
    assert.deepEqual(first.heard, [{ kind: 'other_box', card: good, isLive: true }])
    assert.equal(first.log.lines.length, 1)
    assert.match(first.log.lines[0] ?? '', /refused a message on .*: it has 65537 bytes/)
    assert.deepEqual(first.side.commands, [])
  })
})

const good = {
  role: 'second',
  version: '1.2.0',
  at: '2026-11-21T10:00:00.000Z',
  options: { a: 'b' },
}
const written = (change: object) => Buffer.from(JSON.stringify({ ...good, ...change }))

test('a card is read whole, and what a later version adds is left out', () => {
  assert.deepEqual(readCard(written({ mood: 'fine' }), 'second'), { kind: 'card', card: good })
  assert.deepEqual(readCard(Buffer.from(''), 'second'), { kind: 'card', card: null })
})

for (const [what, payload] of [
  ['no JSON', Buffer.from('{"role":')],
  ['no UTF-8', Buffer.from([0xff, 0xfe])],
  ['a list', Buffer.from('[]')],
  ['the own role', written({ role: 'first' })],
  ['a third role', written({ role: 'third' })],
  ['a version of a thousand letters', written({ version: '1'.repeat(1_000) })],
  ['no time', written({ at: 'soon' })],
  ['an option that is a number', written({ options: { a: 1 } })],
  ['an option of a thousand letters', written({ options: { a: 'b'.repeat(1_000) } })],
  ['an option of two lines', written({ options: { a: 'b\nc' } })],
  ['a name of a thousand letters', written({ options: { ['a'.repeat(1_000)]: 'b' } })],
  [
    'a thousand options',
    written({ options: Object.fromEntries([...Array(1_000).keys()].map((n) => [`${n}`, ''])) }),
  ],
] as const) {
  test(`a card with ${what} is refused`, () => {
    assert.equal(readCard(payload, 'second').kind, 'refused')
  })
}
