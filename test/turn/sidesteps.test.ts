import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Move } from '../../src/decision/decide.ts'
import type { HealthState } from '../../src/model/health.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import type { Decided } from '../../src/turn/concern.ts'
import { Sidesteps } from '../../src/turn/sidesteps.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleCapabilities } from '../examples/example-capabilities.ts'
import { exampleDecided } from '../examples/example-decided.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth } from '../examples/example-health.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

interface Given {
  /** The WANs that have fallen silent. */
  readonly silent?: readonly string[]
  readonly states?: Readonly<Record<string, HealthState>>
  readonly active?: string
  readonly moves?: readonly Move[]
  readonly ctMark?: boolean
}

class Tried {
  readonly log = new RecordedLog()
  readonly sidesteps: Sidesteps
  nowMs = 0
  readonly #settings: Settings
  #decided: Decided = exampleDecided()

  constructor(settings: Partial<Settings> = {}) {
    this.#settings = exampleSettings(settings)
    this.sidesteps = new Sidesteps(this.#settings, this.log)
  }

  /** A turn after so many milliseconds. */
  turn(afterMs: number, given: Given = {}) {
    this.nowMs += afterMs
    const { silent = [], states = {}, active = 'primary', moves = [], ctMark = true } = given
    const healths = new Map(
      ['primary', 'secondary'].map((wan) => {
        const suspectSinceMs = silent.includes(wan) ? this.nowMs : null
        return [wan, exampleHealth(states[wan] ?? 'up', { suspectSinceMs })] as const
      }),
    )
    const decided = exampleDecided({
      nowMs: this.nowMs,
      uplinks: resolveUplinks(this.#settings.wans, oneSubnet),
      healths: bothFamilies(healths),
      capabilities: exampleCapabilities({ ctMark }),
      decision: exampleDecision(active),
      moves,
    })
    const routing = this.sidesteps.step(decided, new Set())
    this.#decided = { ...decided, routing }
    const { avoided, taken, aside } = routing.flows
    return {
      wan: routing.routed.policies.get('default')?.ipv4.wan,
      avoided: avoided.ipv4,
      taken: taken.ipv4,
      aside: Object.fromEntries(aside.ipv4),
    }
  }

  /** The marks whose unanswered flows are to be forgotten. */
  forgotten(stands = true): readonly number[] {
    return this.sidesteps
      .afterwards(this.#decided, stands)
      .flatMap((errand) => (errand.kind === 'forget_unanswered' ? [errand.mark] : []))
  }
}

const silent = { silent: ['primary'] }
const calm = { wan: 'primary', avoided: [], taken: [], aside: {} }
const aside = { avoided: ['primary'], taken: ['secondary'], aside: { default: 'primary' } }

describe('a WAN that has fallen silent', () => {
  test('is avoided until it answers; what ran there is held for a while after that', () => {
    const tried = new Tried()
    assert.deepEqual(tried.turn(0), calm)
    assert.deepEqual(tried.turn(1_000, silent), { wan: 'secondary', ...aside })
    assert.deepEqual(tried.turn(200), { wan: 'primary', ...aside })
    assert.ok(tried.sidesteps.hasNews())
    assert.equal(tried.sidesteps.wakeAtMs(), 11_000)
    assert.deepEqual(tried.turn(9_799), { wan: 'primary', ...aside })
    // What began on the other WAN stays there for as long as it lives.
    assert.deepEqual(tried.turn(1), { ...calm, taken: ['secondary'] })
    assert.deepEqual(tried.log.lines, [
      'debug: primary has fallen silent: new connections take secondary until it answers',
      'debug: new connections no longer avoid primary',
    ])
  })

  test('holds nothing any more once it is down, and the decision has moved', () => {
    const tried = new Tried()
    tried.turn(1_000, silent)
    const move = { policy: 'default', from: 'primary', to: 'secondary', reason: 'dead' }
    const states = { primary: 'down' as const }
    const moves = (['ipv4', 'ipv6'] as const).map((family) => ({ ...move, family }))
    const verdict = { active: 'secondary', moves, states }
    assert.deepEqual(tried.turn(700, verdict), { ...calm, wan: 'secondary' })
  })

  test('is left by what began on the other WAN when that dies, or a decision leaves it', () => {
    const states = { secondary: 'down' as const }
    const move = { policy: 'default', family: 'ipv4', from: 'secondary', to: 'primary' } as const
    for (const end of [{ states }, { moves: [{ ...move, reason: '' }] }]) {
      const tried = new Tried()
      tried.turn(1_000, silent)
      assert.deepEqual(tried.turn(500).taken, ['secondary'])
      assert.deepEqual(tried.turn(500, end).taken, [])
    }
  })

  test('begins anew what it has not answered, once, and when the rules lead elsewhere', () => {
    const tried = new Tried()
    tried.turn(0)
    assert.deepEqual(tried.forgotten(), [])
    tried.turn(1_000, silent)
    assert.deepEqual(tried.forgotten(false), [])
    assert.deepEqual(tried.forgotten(), [0x01000000])
    tried.turn(100, silent)
    assert.deepEqual(tried.forgotten(), [])
  })

  test('is not avoided where that is off, or the kernel can hold nothing', () => {
    assert.equal(new Tried({ sidestep: 'off' }).turn(0, silent).wan, 'primary')
    const tried = new Tried()
    assert.deepEqual(tried.turn(0, { ...silent, ctMark: false }), calm)
    assert.deepEqual(tried.sidesteps.figures(), { suspect: ['primary'], sidesteps: 0 })
  })

  test('is avoided ten times a minute at most', () => {
    const tried = new Tried()
    const stutter = () => [tried.turn(1_000, silent), tried.turn(1_000)].map(({ wan }) => wan)
    for (let i = 0; i < 10; i++) assert.deepEqual(stutter(), ['secondary', 'primary'])
    assert.deepEqual(stutter(), ['primary', 'primary'])
    assert.equal(tried.sidesteps.figures().sidesteps, 10)
    tried.turn(40_000)
    assert.deepEqual(stutter(), ['secondary', 'primary'])
  })

  test('is in the figures, and is news once a second', () => {
    const tried = new Tried()
    tried.turn(0)
    assert.equal(tried.sidesteps.hasNews(), false)
    tried.turn(5_000, silent)
    assert.deepEqual(tried.sidesteps.figures(), { suspect: ['primary'], sidesteps: 1 })
    assert.equal(tried.sidesteps.hasNews(), true)
    assert.equal(tried.sidesteps.hasNews(), false)
    tried.turn(300)
    assert.deepEqual(tried.sidesteps.figures(), { suspect: [], sidesteps: 1 })
    assert.equal(tried.sidesteps.hasNews(), false)
    assert.equal(tried.sidesteps.wakeAtMs(), 6_000)
    tried.turn(700)
    assert.equal(tried.sidesteps.hasNews(), true)
  })
})
