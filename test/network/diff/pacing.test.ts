import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Change } from '../../../src/network/diff/change.ts'
import { changeKey } from '../../../src/network/diff/operations.ts'
import { Pacing } from '../../../src/network/diff/pacing.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule } from '../../examples/example-rule.ts'

const rule: Change = { kind: 'add_rule', rule: exampleRule(10_000, { protocol: 201 }) }
const other: Change = { kind: 'add_rule', rule: exampleRule(10_010, { protocol: 201 }) }
const route: Change = {
  kind: 'replace_route',
  route: exampleRoute('default via 10.0.0.1 dev eth0'),
}

/** Drives the pacing as the reconciler does: reads, paces, applies, says what stands. */
class Host {
  readonly pacing = new Pacing()
  readonly wanted: readonly Change[]
  readonly standing = new Set<string>()
  /** `putback at`, in order. */
  readonly restored: number[] = []
  readonly fights: number[] = []
  lost = 0

  constructor(...wanted: Change[]) {
    this.wanted = wanted
    this.look(0)
  }

  /** Returns when it wants to be called again. */
  look(nowMs: number): number {
    const missing = this.wanted.filter((change) => !this.standing.has(changeKey(change)))
    const paced = this.pacing.pace(missing, nowMs)
    this.lost += paced.lost.length
    if (paced.fights.length > 0) this.fights.push(nowMs)
    for (const change of paced.now) {
      this.standing.add(changeKey(change))
      if (nowMs > 0) this.restored.push(nowMs)
    }
    this.pacing.stands(new Set(this.standing), new Set(this.wanted.map(changeKey)))
    return paced.laterAtMs
  }

  deleted(change: Change, nowMs: number): number {
    this.standing.delete(changeKey(change))
    this.pacing.sign(nowMs)
    return this.look(nowMs)
  }

  stands(change: Change): boolean {
    return this.standing.has(changeKey(change))
  }
}

test('what is new is made at once', () => {
  const host = new Host(rule, route)
  assert.ok(host.stands(rule) && host.stands(route))
  assert.equal(host.lost, 0)
})

describe('what is lost', () => {
  test('comes back after 80 ms of quiet', () => {
    const host = new Host(rule)
    assert.equal(host.deleted(rule, 1_000), 1_080)
    host.look(1_079)
    assert.equal(host.stands(rule), false)
    assert.equal(host.look(1_080), Number.POSITIVE_INFINITY)
    assert.deepEqual(host.restored, [1_080])
  })

  test('waits for quiet however often it is looked at, but no longer than 700 ms', () => {
    const host = new Host(rule, other)
    host.deleted(rule, 1_000)
    for (let nowMs = 1_020; nowMs < 2_000; nowMs += 20) {
      host.pacing.sign(nowMs)
      host.look(nowMs)
    }
    assert.deepEqual(host.restored, [1_700])
  })

  test('is reported once, not at each look', () => {
    const host = new Host(rule)
    host.deleted(rule, 1_000)
    host.look(1_020)
    host.look(1_040)
    assert.equal(host.lost, 1)
  })

  test('does not hold up what is new', () => {
    const host = new Host(rule)
    host.standing.delete(changeKey(rule))
    const { now } = host.pacing.pace([rule, other], 1_000)
    assert.deepEqual(now, [other])
  })

  test('is no loss where we took it away ourselves', () => {
    const pacing = new Pacing()
    pacing.stands(new Set([changeKey(rule)]), new Set([changeKey(rule)]))
    pacing.stands(new Set(), new Set())
    assert.deepEqual(pacing.pace([rule], 5_000).now, [rule])
  })

  test('never delays a deletion', () => {
    const pacing = new Pacing()
    const away: Change = { kind: 'delete_rule', rule: rule.rule }
    pacing.stands(new Set([changeKey(away)]), new Set([changeKey(away)]))
    assert.deepEqual(pacing.pace([away], 1_000).now, [away])
  })
})

describe('a fight', () => {
  /** Another program deletes the object as soon as it stands. */
  function fought(forMs: number): Host {
    const host = new Host(rule)
    let wakeMs = host.deleted(rule, 1_000)
    for (let nowMs = 1_000; nowMs < forMs; nowMs += 10) {
      if (nowMs >= wakeMs) wakeMs = host.look(nowMs)
      if (host.stands(rule)) wakeMs = host.deleted(rule, nowMs + 1)
    }
    return host
  }

  test('is named at the eleventh loss in a minute, and then put back every 30 s only', () => {
    const host = fought(58_000)
    assert.equal(host.restored.length, 11)
    const lastTwo = host.restored.slice(-2)
    assert.ok((lastTwo[1] ?? 0) - (lastTwo[0] ?? 0) >= 30_000, lastTwo.join())
    const [first = 0] = host.fights
    assert.ok(first < 2_500, `named after ${first} ms`)
  })

  test('lets nobody put it back out of turn more often than that', () => {
    const { pacing } = fought(10_000)
    const tries = [10_000, 10_001, 20_000, 39_999, 40_001].map((ms) => pacing.mayHurry(rule, ms))
    assert.deepEqual(tries, [true, false, false, false, true])
    // What nobody fights over may always.
    assert.ok(pacing.mayHurry(other, 10_000) && pacing.mayHurry(other, 10_001))
    assert.ok(pacing.mayHurry(rule, 200_000) && pacing.mayHurry(rule, 200_001))
  })

  test('never puts back more than a dozen times in any minute', () => {
    const { restored } = fought(600_000)
    for (const atMs of restored) {
      const minute = restored.filter((other) => other >= atMs && other < atMs + 60_000)
      assert.ok(minute.length <= 12, `${minute.length} in the minute from ${atMs}`)
    }
  })

  test('about one object leaves the others their quick return', () => {
    const host = new Host(rule, other)
    for (let i = 0; i < 12; i++) {
      host.deleted(rule, 1_000 + i * 100)
      host.look(1_090 + i * 100)
    }
    assert.equal(host.stands(rule), false)
    host.deleted(other, 3_000)
    host.look(3_080)
    assert.equal(host.stands(other), true)
  })
})

test('a link that flaps has its routes made at once each time: nobody has deleted them', () => {
  const pacing = new Pacing()
  const key = changeKey(route)
  for (let i = 0; i < 30; i++) {
    // With the link gone the route isn't wanted; so it neither misses nor stands.
    pacing.stands(new Set(), new Set())
    const { now, fights } = pacing.pace([route], 1_000 + i * 500)
    assert.deepEqual([now, fights], [[route], []])
    pacing.stands(new Set([key]), new Set([key]))
  }
})

test('the losses that are remembered are bounded', () => {
  const pacing = new Pacing()
  const changes = Array.from({ length: 5_000 }, (_, i): Change => {
    const priority = 9_900 + (i % 1_100)
    return {
      kind: 'add_rule',
      rule: exampleRule(priority, { from: `10.${i >> 8}.${i & 255}.0/24` }),
    }
  })
  const keys = new Set(changes.map(changeKey))
  pacing.stands(keys, keys)
  const { now, laterAtMs } = pacing.pace(changes, 1_000)
  assert.ok(now.length === 0 && laterAtMs === 1_080)
})

test('what is deleted again before it is read back counts, and is not put back stroke by stroke', () => {
  const pacing = new Pacing()
  const keys = new Set([changeKey(rule)])
  pacing.stands(keys, keys)
  let made = 0
  let named = 0
  for (let nowMs = 1_000; nowMs < 60_000; nowMs += 20) {
    pacing.sign(nowMs)
    const paced = pacing.pace([rule], nowMs)
    made += paced.now.length
    named += paced.fights.length
    pacing.stands(new Set(), keys)
  }
  assert.ok(made <= 13, `${made} times`)
  assert.ok(named >= 1)
})
