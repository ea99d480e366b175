import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostState } from '../../../src/model/host.ts'
import type { PairNews, PairOrder } from '../../../src/model/pair.ts'
import type { Decided } from '../../../src/turn/concern.ts'
import { Pair } from '../../../src/turn/concerns/pair.ts'
import { OtherBox } from '../../../src/turn/pair/other-box.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleHealths } from '../../examples/example-health.ts'
import { exampleHost, oneSubnet } from '../../examples/example-host.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { two } from '../../options/refused.ts'

/** A box of a pair, and what it orders and tells. */
class Surroundings {
  readonly log = new RecordedLog()
  readonly told: string[] = []
  readonly concern: Pair
  states: Parameters<typeof exampleHealths>[1] = {}
  host: HostState = oneSubnet

  constructor(role: 'first' | 'second' = 'first') {
    const { pair } = settingsOf(`${two}pair: { address: 192.168.0.5/24, role: ${role} }`)
    assert.ok(pair !== null)
    const other = new OtherBox({ version: '', options: {} }, this.log)
    this.concern = new Pair(pair, other, this.log)
  }

  hears(news: PairNews, nowMs: number): void {
    this.concern.take({ kind: 'pair', news }, this.#moment(nowMs))
  }

  rest(on: boolean): void {
    const event = { kind: 'command', command: { kind: 'set_rest', on } } as const
    this.concern.take(event, this.#moment(0))
  }

  /** The order of this turn; null where nothing is ordered. */
  turn(nowMs: number, stands = true): PairOrder | null {
    let order: PairOrder | null = null
    for (const errand of this.concern.afterwards(this.#moment(nowMs), stands)) {
      if (errand.kind === 'announce') this.told.push(errand.event.event_type)
      if (errand.kind === 'keep_pair') order = errand.order
    }
    return order
  }

  #moment(nowMs: number): Decided {
    const healths = exampleHealths(['primary', 'secondary'], this.states)
    return exampleDecided({ nowMs, wallMs: nowMs, host: this.host, healths })
  }
}

test('a box begins below one that is well, and is ready once its WANs are judged', () => {
  const all = new Surroundings()
  all.states = { primary: 'unknown', secondary: 'unknown' }
  assert.equal(all.turn(0)?.priority, 105)
  all.states = { secondary: 'unknown' }
  assert.equal(all.turn(600)?.priority, 105)
  all.states = {}
  assert.equal(all.turn(1_200)?.priority, 254)
  assert.deepEqual(all.log.lines, ['info: the pair: this box is ready to serve'])
})

test('it is not ready before its rules have stood once', () => {
  const all = new Surroundings()
  assert.equal(all.turn(0, false)?.priority, 105)
  assert.equal(all.turn(600)?.priority, 254)
  assert.equal(all.turn(1_200, false)?.priority, 254)
})

test('the order is given twice a second, and at once where it is another one', () => {
  const all = new Surroundings()
  assert.notEqual(all.turn(0), null)
  assert.equal(all.turn(100), null)
  assert.equal(all.concern.wakeAtMs(), 500)
  assert.notEqual(all.turn(500), null)
  all.states = { primary: 'down', secondary: 'down' }
  assert.equal(all.turn(600)?.priority, 60)
})

test('each takeover is told, with why', () => {
  const all = new Surroundings()
  all.turn(0)
  all.hears({ kind: 'role', role: 'standby' }, 100)
  all.turn(100)
  all.hears({ kind: 'role', role: 'serving' }, 2_000)
  all.turn(2_000)
  all.turn(2_100)
  all.states = { primary: 'down', secondary: 'down' }
  assert.equal(all.turn(3_000)?.priority, 65)
  all.hears({ kind: 'role', role: 'standby' }, 4_000)
  all.turn(4_000)
  assert.deepEqual(all.told, ['took_over', 'gave_way'])
  assert.deepEqual(all.log.matching(/^warn/), [
    'warn: took over: 192.168.0.5 is on this box; this box is ready to serve',
    'warn: gave way: 192.168.0.5 is on the other box; none of its WANs lives',
  ])
  assert.equal(all.concern.figures().pair?.since, '1970-01-01T00:00:04.000Z')
})

test('a box that loses its last line gives up at once, and then takes part again', () => {
  const all = new Surroundings()
  all.turn(0)
  all.hears({ kind: 'role', role: 'serving' }, 100)
  all.turn(600)
  all.states = { primary: 'down', secondary: 'down' }
  assert.equal(all.turn(5_000)?.priority, 0)
  all.hears({ kind: 'role', role: 'cut' }, 5_010)
  assert.equal(all.concern.figures().pair?.state, 'standby')
  assert.deepEqual(all.concern.problems(), [])
  assert.equal(all.concern.wakeAtMs(), 5_500)
  assert.equal(all.turn(5_500)?.priority, 60)
  all.hears({ kind: 'role', role: 'serving' }, 6_600)
  assert.equal(all.turn(6_600)?.priority, 65)
  assert.equal(all.turn(9_000)?.priority, 65)
})

test('a rest is a wish that ends', () => {
  const all = new Surroundings('second')
  assert.equal(all.turn(0)?.priority, 249)
  all.rest(true)
  assert.equal(all.turn(10)?.priority, 20)
  assert.equal(all.concern.figures().pair?.resting, true)
  all.rest(false)
  assert.equal(all.turn(20)?.priority, 249)
})

test('without a place for the address nothing is ordered, and that is a problem', () => {
  const all = new Surroundings()
  all.host = exampleHost([{ name: 'eth0', addresses: ['10.0.0.3/24'] }])
  assert.equal(all.turn(0), null)
  const [problem] = all.concern.problems()
  assert.equal(problem, 'the pair: 192.168.0.5 is in no network of this host (10.0.0.0/24)')
  all.host = oneSubnet
  assert.equal(all.turn(10)?.place.own, '192.168.0.3')
  assert.deepEqual(all.concern.problems(), [])
  all.host = exampleHost([{ name: 'eth0' }])
  assert.equal(all.turn(20), null)
  assert.equal(all.turn(600)?.place.own, '192.168.0.3')
})

test('what keeps it from taking part is a problem, and so is a link without carrier', () => {
  const all = new Surroundings()
  all.turn(0)
  all.hears({ kind: 'problem', problem: 'keepalived is not installed' }, 10)
  assert.deepEqual(all.concern.problems(), ['keepalived is not installed'])
  assert.equal(all.concern.figures().pair?.reason, 'keepalived is not installed')
  all.hears({ kind: 'problem', problem: null }, 20)
  all.hears({ kind: 'role', role: 'cut' }, 20)
  assert.deepEqual(all.concern.problems(), [
    'the pair: eth0 has no carrier, 192.168.0.5 is not here',
  ])
})

test('what the other box says of itself is in the snapshot, and what differs a problem', () => {
  const { pair } = settingsOf(`${two}pair: { address: 192.168.0.5/24 }`)
  assert.ok(pair !== null)
  const log = new RecordedLog()
  const own = { version: '1.2.0', options: { nat: 'auto' } }
  const concern = new Pair(pair, new OtherBox(own, log), log)
  assert.equal(concern.figures().pair?.other, null)
  const card = {
    role: 'second',
    version: '1.3.0',
    at: '1970-01-01T00:00:10.000Z',
    options: { nat: 'never' },
  } as const
  const moment = (nowMs: number) => exampleDecided({ nowMs, wallMs: nowMs, host: oneSubnet })
  concern.take({ kind: 'other_box', card, isLive: true }, moment(3_000))
  concern.afterwards(moment(63_000), true)
  assert.deepEqual(concern.figures().pair?.other, {
    ...{ version: '1.3.0', at: card.at, seen: '1970-01-01T00:00:03.000Z', clock_s: 7 },
    ...{ differences: [{ option: 'nat', here: 'auto', there: 'never' }], more: 0 },
  })
  const problem = 'the other box has other options: nat (here auto, there never)'
  assert.deepEqual(concern.problems(), [problem])
  assert.deepEqual(concern.advice(), [
    'the other box has version 1.3.0, this one 1.2.0: update both',
    "the other box's clock is 7 s ahead of this one's: set both by NTP",
  ])
})
