import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HealthState } from '../../../src/model/health.ts'
import type { Rescue } from '../../../src/model/resolver.ts'
import type { Settings } from '../../../src/model/settings/settings.ts'
import { rescueName } from '../../../src/network/nft/standing-rescues.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { NameResolution } from '../../../src/turn/concerns/name-resolution.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHealths } from '../../examples/example-health.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { Random } from '../../random.ts'

/** Who answers: by the way of this machine's own packets, or by a WAN. */
interface World {
  active: string
  states: Record<string, HealthState>
  /** By address, the WANs by which it answers; what is left out answers by all. */
  answers: Record<string, readonly string[]>
}

/** A house in virtual time; nothing takes longer than one step. */
class Names {
  readonly concern: NameResolution
  readonly settings: Settings
  readonly world: World = {
    active: 'primary',
    states: { primary: 'up', secondary: 'up' },
    answers: {},
  }
  readonly told: string[] = []
  readonly asked: string[] = []
  rescues: readonly Rescue[] = []
  nowMs = 0

  constructor(resolvers: readonly string[], changes: Partial<Settings> = {}) {
    this.settings = exampleSettings(changes)
    this.concern = new NameResolution(this.settings, new RecordedLog())
    const known = resolvers.map((address) => ({ address, forwards: address.startsWith('127.') }))
    this.concern.take({ kind: 'resolvers', resolvers: known }, this.#now)
  }

  get #now() {
    return { ...this.#decided(), nowMs: this.nowMs }
  }

  #decided() {
    const { active, states } = this.world
    return exampleDecided({
      ...{ nowMs: this.nowMs, wallMs: this.nowMs, host: oneSubnet },
      uplinks: resolveUplinks(this.settings.wans, oneSubnet),
      healths: exampleHealths(Object.keys(states), states),
      decision: exampleDecision(active),
      inUse: new Set([active]),
    })
  }

  /** An earlier run has left this standing. */
  find(resolver: string, address: string): this {
    const uplink = resolveUplinks(this.settings.wans, oneSubnet)[1]
    assert.ok(uplink)
    const name = rescueName({ family: 'ipv4', resolver, address, uplink })
    const nft = `table inet wan_failover {\n\tchain ${name} {\n\t}\n}\n`
    this.concern.start({ ...oneSubnet, nft })
    return this
  }

  run(durationMs: number): this {
    const untilMs = this.nowMs + durationMs
    for (; this.nowMs < untilMs; this.nowMs += 50) this.#step()
    return this
  }

  #step(): void {
    const decided = this.#decided()
    this.rescues = this.concern.wishes(decided).rescues ?? []
    for (const errand of this.concern.afterwards(decided)) {
      if (errand.kind === 'announce') this.told.push(errand.event.event_type)
      if (errand.kind === 'ask_resolver') {
        const { question } = errand
        this.asked.push(`${question.address}${question.uncached ? ' uncached' : ''}`)
        const by = question.address === '192.168.0.1' ? 'primary' : this.world.active
        const outcome = this.#answers(question.address, by) ? ({ kind: 'answered' } as const) : null
        this.concern.take({ kind: 'resolver_answer', question, outcome }, decided)
      }
      if (errand.kind === 'ask_server') {
        const { question } = errand
        const wan = this.settings.wans[question.wan]?.name ?? ''
        const outcome = this.#answers(question.server, wan) ? ({ kind: 'answered' } as const) : null
        this.concern.take({ kind: 'server_answer', question, outcome }, decided)
      }
    }
  }

  #answers(address: string, wan: string): boolean {
    const by = this.world.answers[address]
    return this.world.states[wan] !== 'down' && (by === undefined || by.includes(wan))
  }

  dies(): this {
    this.world.states['primary'] = 'down'
    this.world.active = 'secondary'
    return this
  }

  returns(): this {
    this.world.states['primary'] = 'up'
    this.world.active = 'primary'
    return this
  }

  get answersBy(): Record<string, unknown> {
    return Object.fromEntries(
      this.rescues.map(({ resolver, answersBy }) => [resolver, Object.fromEntries(answersBy)]),
    )
  }

  state(address: string) {
    return this.concern.figures().resolvers?.get(address)
  }
}

describe('a resolver that is the router of the primary', () => {
  test('is rescued while its line is down, within a second and a bit, until it answers', () => {
    const names = new Names(['192.168.0.1'])
    names.world.answers['192.168.0.2'] = []
    names.run(5_000)
    assert.equal(names.state('192.168.0.1')?.state, 'up')
    assert.equal(names.state('192.168.0.1')?.via, 'primary')
    assert.deepEqual(names.answersBy, {})
    names.dies().run(1_200)
    assert.deepEqual(names.answersBy, { '192.168.0.1': { secondary: '1.1.1.1' } })
    assert.ok(names.asked.includes('192.168.0.1 uncached'), 'a kept answer proves nothing')
    assert.equal(names.state('192.168.0.1')?.rescued, true)
    assert.deepEqual(names.told, ['names_down'])
    names.returns().run(200)
    assert.deepEqual(names.answersBy, {})
    assert.deepEqual(names.told, ['names_down', 'names_up'])
  })

  test("hands over to the living WAN's router where that answers", () => {
    const names = new Names(['192.168.0.1']).run(1_000).dies().run(2_000)
    assert.deepEqual(names.answersBy, { '192.168.0.1': { secondary: '192.168.0.2' } })
  })

  test('is not rescued with dns_rescue: off, which is said', () => {
    const names = new Names(['192.168.0.1'], { dnsRescue: 'off' }).run(1_000).dies().run(3_000)
    assert.deepEqual(names.answersBy, {})
    assert.match(names.state('192.168.0.1')?.reason ?? '', /dns_rescue is off/)
    assert.deepEqual(names.told, ['names_down'])
    assert.equal(names.concern.problems().length, 1)
  })

  test('is not rescued where it alone is silent while its line lives', () => {
    const names = new Names(['192.168.0.1'])
    names.world.answers['192.168.0.1'] = []
    names.run(10_000)
    assert.deepEqual(names.answersBy, {})
    assert.deepEqual(names.told, ['names_down'])
  })

  test('is asked by nobody else where it answers though its line is down', () => {
    const names = new Names(['192.168.0.9']).run(1_000).dies().run(5_000)
    assert.deepEqual(names.answersBy, {})
    assert.deepEqual(names.told, [])
  })
})

describe("an ISP's resolver that answers by one line only", () => {
  test('hangs on that line once it is silent by another one, and is rescued', () => {
    const names = new Names(['198.51.100.53'])
    names.world.answers['198.51.100.53'] = ['primary']
    names.run(2_000)
    assert.equal(names.state('198.51.100.53')?.via, null)
    names.dies().run(2_000)
    assert.equal(names.state('198.51.100.53')?.via, 'primary')
    assert.deepEqual(names.answersBy, { '198.51.100.53': { secondary: '192.168.0.2' } })
    names.returns().run(1_000)
    assert.deepEqual(names.answersBy, {})
    assert.deepEqual(names.told, ['names_down', 'names_up'])
  })

  test('is presumed to hang on the line that is down where it never answered', () => {
    const names = new Names(['198.51.100.53'])
    names.world.answers['198.51.100.53'] = ['primary']
    names.dies().run(3_000)
    assert.deepEqual(names.answersBy, { '198.51.100.53': { secondary: '192.168.0.2' } })
  })

  test('is rescued during a test too, where its line lives', () => {
    const names = new Names(['198.51.100.53'])
    names.world.answers['198.51.100.53'] = ['primary']
    names.run(2_000)
    names.world.active = 'secondary'
    names.run(5_000)
    assert.deepEqual(Object.keys(names.answersBy), ['198.51.100.53'])
  })
})

test('a link-local router is told as silent, and never rescued', () => {
  const wans = [exampleWan(0, { gateway6: 'fe80::1' }), exampleWan(1, { gateway6: 'fe80::2' })]
  const names = new Names(['fe80::1%eth0'], { wans })
  names.world.answers['fe80::1%eth0'] = ['primary']
  names.run(1_000)
  assert.equal(names.state('fe80::1%eth0')?.via, 'primary')
  names.dies().run(3_000)
  assert.deepEqual(names.rescues, [])
  assert.deepEqual(names.told, ['names_down'])
})

test('a second resolver that any line reaches is preferred to all others', () => {
  const names = new Names(['192.168.0.1', '198.51.100.53']).run(1_000).dies().run(2_000)
  assert.deepEqual(names.answersBy, { '192.168.0.1': { secondary: '198.51.100.53' } })
})

test('a metered WAN is not asked by while nobody uses it', () => {
  const wans = [exampleWan(0), exampleWan(1), exampleWan(2, { metered: true })]
  const names = new Names(['192.168.0.1'], { wans })
  names.world.states = { primary: 'up', secondary: 'up', third: 'up' }
  names.run(1_000).dies().run(3_000)
  assert.deepEqual(Object.keys(names.rescues[0] ? (names.answersBy['192.168.0.1'] ?? {}) : {}), [
    'secondary',
  ])
})

test('whatever dies and returns, nobody is handed to a WAN that is down or to one who is silent', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = new Random(seed)
    const names = new Names(['192.168.0.1', '198.51.100.53', '127.0.0.53'])
    for (let step = 0; step < 60; step += 1) {
      const { world } = names
      for (const wan of ['primary', 'secondary']) {
        if (random.chance(0.2)) world.states[wan] = random.pick(['up', 'down', 'degraded'])
      }
      const living = Object.keys(world.states).filter((wan) => world.states[wan] !== 'down')
      if (living.length > 0) world.active = random.pick(living)
      if (random.chance(0.2)) world.answers['198.51.100.53'] = random.pick([[], ['primary']])
      names.run(50)
      for (const { resolver, answersBy } of names.rescues) {
        assert.notEqual(resolver, '127.0.0.53', `seed ${seed}`)
        for (const [wan, server] of answersBy) {
          assert.notEqual(world.states[wan], 'down', `seed ${seed}: ${server} by ${wan}`)
          assert.notEqual(server, resolver, `seed ${seed}`)
        }
      }
      names.run(random.chance(0.3) ? 4_000 : 300)
    }
  }
})

describe('a rescue that an earlier run has left', () => {
  const found = { '192.168.0.1': { secondary: '9.9.9.9' } }

  test('stands without a gap until this run has its own', () => {
    const names = new Names(['192.168.0.1']).find('192.168.0.1', '9.9.9.9').dies()
    names.world.answers['192.168.0.2'] = []
    names.run(50)
    assert.deepEqual(names.answersBy, found)
    assert.match(names.state('192.168.0.1')?.reason ?? '', /heard yet; .*asks 9.9.9.9 by secondary/)
    const seen = new Set<string>()
    for (let i = 0; i < 100; i += 1) seen.add(JSON.stringify(names.run(50).answersBy))
    const own = { '192.168.0.1': { secondary: '1.1.1.1' } }
    assert.deepEqual(
      [...seen],
      [found, own].map((one) => JSON.stringify(one)),
    )
  })

  test('ends as soon as the resolver answers, for good', () => {
    const names = new Names(['192.168.0.1']).find('192.168.0.1', '9.9.9.9').run(200)
    assert.deepEqual(names.answersBy, {})
    names.world.answers['192.168.0.1'] = []
    assert.deepEqual(names.run(10_000).answersBy, {})
  })

  test('ends within half a minute where the resolver is silent though its line lives', () => {
    const names = new Names(['192.168.0.1']).find('192.168.0.1', '9.9.9.9')
    names.world.answers['192.168.0.1'] = []
    assert.deepEqual(names.run(20_000).answersBy, found)
    assert.deepEqual(names.run(10_100).answersBy, {})
  })

  test('goes at once with dns_rescue: off', () => {
    const names = new Names(['192.168.0.1'], { dnsRescue: 'off' }).find('192.168.0.1', '9.9.9.9')
    assert.deepEqual(names.dies().run(50).answersBy, {})
  })
})
