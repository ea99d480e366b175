/** Rounds of real checks in virtual time: what each WAN's servers answer is a word a moment. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CheckedWan, RealChecks } from '../../src/health/real-checks.ts'
import type { WebAnswer } from '../../src/model/web-check.ts'

const ok: WebAnswer = { kind: 'answered' }
const dead: WebAnswer = { kind: 'no_tcp' }
const portal: WebAnswer = { kind: 'captive', by: 'login.example' }
const unclear: WebAnswer = { kind: 'unclear', reason: 'no name' }

type Answers = readonly [WebAnswer, WebAnswer]

const sound: Answers = [ok, ok]
const silent: Answers = [dead, dead]

/** As long as the prober takes for it. */
const lastsMs = (answers: Answers) => (answers.includes(dead) ? 4_000 : 100)

class House {
  readonly checks = new RealChecks(['one.example', 'two.example'])
  readonly wans: CheckedWan[]
  readonly begun: { readonly atMs: number; readonly wan: number }[] = []
  nowMs = 0
  /** By WAN. */
  answers: Answers[]
  #coming: { readonly atMs: number; readonly deliver: () => void }[] = []

  constructor(wans: readonly Partial<CheckedWan>[], answers: readonly Answers[] = []) {
    const usual = { speaks: true, rarely: false, covered: false }
    this.wans = wans.map((wan, index) => ({ index, place: `eth${index}`, ...usual, ...wan }))
    this.answers = wans.map((_, index) => answers[index] ?? sound)
  }

  change(index: number, changes: Partial<CheckedWan>): this {
    Object.assign(this.wans[index] ?? {}, changes)
    return this
  }

  run(forMs: number): this {
    for (const endMs = this.nowMs + forMs; this.nowMs < endMs; this.nowMs += 100) {
      this.checks.see(this.wans)
      for (const { deliver } of this.#coming.filter(({ atMs }) => atMs <= this.nowMs)) deliver()
      this.#coming = this.#coming.filter(({ atMs }) => atMs > this.nowMs)
      for (const check of this.checks.begin(this.nowMs)) {
        this.begun.push({ atMs: this.nowMs, wan: check.wan })
        const answers = this.answers[check.wan] ?? sound
        const deliver = () => this.checks.take(check, answers)
        this.#coming.push({ atMs: this.nowMs + lastsMs(answers), deliver })
      }
    }
    return this
  }

  /** When the fault of this WAN showed, from now on. */
  shownAfterMs(wan: number, limitMs: number): number {
    const sinceMs = this.nowMs
    while (!this.checks.faults().has(wan)) {
      if (this.nowMs - sinceMs > limitMs) throw new Error(`no fault within ${limitMs} ms`)
      this.run(100)
    }
    return this.nowMs - sinceMs
  }

  count(wan: number, sinceMs: number): number {
    return this.begun.filter((check) => check.wan === wan && check.atMs >= sinceMs).length
  }
}

const two = () => new House([{}, {}])

describe('TCP that is dead on one WAN', () => {
  test('shows within 35 s, whenever it dies between two checks', () => {
    for (let offsetMs = 0; offsetMs < 20_000; offsetMs += 1_700) {
      const house = two().run(60_000 + offsetMs)
      house.answers[0] = silent
      const tookMs = house.shownAfterMs(0, 35_000)
      assert.ok(tookMs > 4_000, `${tookMs} ms`)
      assert.deepEqual(
        [...house.checks.faults()],
        [
          [
            0,
            'probes are answered, but no tcp connection gets through: neither one.example nor ' +
              'two.example can be reached',
          ],
        ],
      )
    }
  })

  test('is over after two checks that go well', () => {
    const house = two().run(60_000)
    house.answers[0] = silent
    house.shownAfterMs(0, 35_000)
    house.answers[0] = sound
    house.run(16_000)
    assert.equal(house.checks.faults().size, 0)
  })

  test('one lost check is repeated and forgotten', () => {
    const house = two().run(60_000)
    house.answers[0] = silent
    while (house.count(0, 60_000) === 0) house.run(100)
    house.answers[0] = sound
    house.run(120_000)
    assert.equal(house.checks.faults().size, 0)
  })

  test('nothing is said of a WAN whose names are dead: that is another fault', () => {
    const house = two().run(60_000)
    house.answers[0] = [unclear, dead]
    assert.equal(house.run(300_000).checks.faults().size, 0)
  })
})

describe('what proves nothing', () => {
  test('a server that fails alone, by one WAN or by all of them', () => {
    const house = two().run(60_000)
    house.answers = [[dead, ok], sound]
    assert.equal(house.run(120_000).checks.faults().size, 0)
    house.answers = [
      [dead, ok],
      [dead, ok],
    ]
    assert.equal(house.run(120_000).checks.faults().size, 0)
  })

  test('servers that have never answered by any WAN, as behind a firewall; it is said', () => {
    const house = new House([{}, {}], [silent, silent]).run(300_000)
    assert.equal(house.checks.faults().size, 0)
    assert.match(house.checks.doubt() ?? '', /^no answer from one.example and two.example by/)
  })

  test('silence where one of the servers has never answered', () => {
    const house = new House([{}, {}], [[dead, ok], sound])
    house.answers[1] = [dead, ok]
    house.run(60_000).answers[0] = silent
    assert.equal(house.run(120_000).checks.faults().size, 0)
    assert.match(house.checks.doubt() ?? '', /^no answer from one.example by/)
  })

  test('servers that answer by no WAN any more: at no moment is one WAN blamed', () => {
    const house = two().run(65_000)
    house.answers = [silent, silent]
    for (let i = 0; i < 1_200; i++) assert.equal(house.run(100).checks.faults().size, 0)
    assert.match(house.checks.doubt() ?? '', /^neither one.example nor two.example answers/)
  })

  test('the same where the second WAN is a metered standby that was well a moment ago', () => {
    const house = new House([{}, { rarely: true }]).run(20_000)
    house.answers = [silent, silent]
    for (let i = 0; i < 1_200; i++) assert.equal(house.run(100).checks.faults().size, 0)
    house.answers = [silent, sound]
    house.run(3_700_000)
    assert.deepEqual([...house.checks.faults().keys()], [0])
  })

  test('the same where two of three lose them, and a metered standby was well before', () => {
    const house = new House([{}, {}, { rarely: true }]).run(20_000)
    house.answers = [silent, silent, silent]
    for (let i = 0; i < 1_200; i++) assert.equal(house.run(100).checks.faults().size, 0)
  })

  test('nor is one WAN blamed when they come back, whichever hears them first', () => {
    for (let afterMs = 30_000; afterMs < 60_000; afterMs += 700) {
      const house = two().run(65_000)
      house.answers = [silent, silent]
      house.run(afterMs)
      house.answers = [sound, sound]
      for (let i = 0; i < 300; i++) assert.equal(house.run(100).checks.faults().size, 0)
    }
  })

  test('but one that dies again, before a metered standby may be asked again, is still found', () => {
    const house = new House([{}, { rarely: true }]).run(20_000)
    for (let i = 0; i < 3; i++) {
      house.answers[0] = silent
      house.shownAfterMs(0, 35_000)
      house.answers[0] = sound
      assert.equal(house.run(60_000).checks.faults().size, 0)
    }
    assert.equal(house.count(1, 20_000), 1)
  })
})

describe('a captive portal', () => {
  test('shows within 10 s of the start, and of every WAN that has one', () => {
    const house = new House(
      [{}, {}],
      [
        [portal, portal],
        [portal, portal],
      ],
    ).run(10_000)
    const text = 'a captive portal answers (login.example): open a browser on this line and sign in'
    assert.deepEqual([...house.checks.faults().values()], [text, text])
    house.answers[0] = sound
    assert.deepEqual([...house.run(17_000).checks.faults().keys()], [1])
  })

  test('that answers for one server counts only where the other is known to answer', () => {
    const half: Answers = [portal, dead]
    const house = new House([{}, {}], [half, half]).run(120_000)
    assert.equal(house.checks.faults().size, 0)
    const known = two().run(60_000)
    known.answers[0] = half
    known.shownAfterMs(0, 35_000)
  })
})

describe('the pace', () => {
  test('a WAN is checked every 20 s, and at once when it has come up', () => {
    const house = new House([{}, { speaks: false }]).run(200_000)
    assert.equal(house.count(0, 0), 10)
    assert.equal(house.count(1, 0), 0)
    house.change(1, { speaks: true }).run(100)
    assert.equal(house.count(1, 0), 1)
  })

  test('a metered WAN on standby is checked once an hour, and at once when it is used', () => {
    const house = new House([{}, { rarely: true }]).run(3 * 3_600_000)
    assert.equal(house.count(1, 0), 3)
    house.change(1, { rarely: false }).run(100)
    assert.equal(house.count(1, 0), 4)
  })

  test('a faulty one on standby is asked less and less often, and is found well again', () => {
    const house = new House([{}, { rarely: true }], [sound, [portal, portal]]).run(10_000)
    assert.equal(house.checks.faults().size, 1)
    const sinceMs = house.nowMs
    house.run(3_600_000)
    assert.ok(house.count(1, sinceMs) <= 6, `${house.count(1, sinceMs)} in an hour`)
    house.answers[1] = sound
    assert.equal(house.run(3_700_000).checks.faults().size, 0)
  })

  test('one that fails has the others asked, a metered standby at most every 20 minutes', () => {
    const house = new House([{}, { rarely: true }]).run(1_800_000)
    house.answers[0] = silent
    const sinceMs = house.nowMs
    house.run(60_000)
    assert.equal(house.count(1, sinceMs), 1)
    for (let i = 0; i < 20; i++) {
      house.answers[0] = i % 2 === 0 ? sound : silent
      house.run(60_000)
    }
    assert.ok(house.count(1, sinceMs) <= 3, `${house.count(1, sinceMs)}`)
  })

  test('nothing is asked where the probes are such requests already', () => {
    assert.equal(new House([{ covered: true }]).run(100_000).count(0, 0), 0)
  })

  test('what was found at another place says nothing about this one', () => {
    const house = new House([{}], [[portal, portal]]).run(10_000)
    house.answers[0] = sound
    house.change(0, { place: 'wlan0' }).run(200)
    assert.equal(house.checks.faults().size, 0)
    assert.equal(house.begun.at(-1)?.atMs, 10_000)
  })
})
