import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide, type Outcome, undecided } from '../../src/decision/decide.ts'
import { families } from '../../src/model/address.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState, Healths, WanHealth } from '../../src/model/health.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth } from '../examples/example-health.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../examples/example-settings.ts'

const letters: Readonly<Record<string, HealthState>> = {
  '?': 'unknown',
  u: 'up',
  g: 'degraded',
  d: 'down',
  a: 'down',
}
const three = exampleSettings({ wans: [exampleWan(0), exampleWan(1), exampleWan(2)] })
const names = three.wans.map(({ name }) => name)
const nowMs = 100_000

/** `u20` is up for 20 s; without a number the state has lasted for 100 s. `a` answers again, `u!` is suspect. */
function health(word: string): WanHealth {
  const text = word.replace('!', '')
  const suspectSinceMs = word === text ? null : nowMs - 50
  const state = letters[text.charAt(0)] ?? 'unknown'
  const lastedMs = text.length === 1 ? 100_000 : Number(text.slice(1)) * 1_000
  const answersSinceMs = text.startsWith('a') ? nowMs - 200 : null
  return exampleHealth(state, {
    reason: 'so it is',
    sinceMs: nowMs - lastedMs,
    answersSinceMs,
    suspectSinceMs,
  })
}

interface Row {
  /** Of primary, secondary and third. */
  readonly healths: string
  /** The WAN that was used before; `-` is none. */
  readonly before: string
  readonly mode?: string
  readonly test?: string
  readonly hurry?: true
  readonly wan: string
  readonly why: string
  /** Seconds until it has to be asked again. */
  readonly wakeS?: number
}

function previous({ before, mode = 'automatic', test: avoid }: Row): Decision {
  const was = bothFamilies({ wan: before, reason: 'before' })
  const policies = before === '-' ? [] : ([['default', was]] as const)
  const failoverTest = avoid === undefined ? null : { avoid, untilMs: nowMs + 60_000 }
  return { ...undecided, mode, test: failoverTest, policies: new Map(policies) }
}

function healthsOf(text: string): Healths {
  return bothFamilies(new Map(text.split(' ').map((word, i) => [names[i] ?? '', health(word)])))
}

function outcomeOf(row: Row): Outcome {
  const { hurry = false } = row
  const healths = healthsOf(row.healths)
  return decide(previous(row), { settings: three, healths, nowMs, hurry })
}

const starts: readonly Row[] = [
  { healths: '? ? ?', before: '-', wan: 'primary', why: 'primary is the preferred WAN' },
  { healths: '? u u', before: '-', wan: 'primary', why: 'primary is the preferred WAN' },
  { healths: 'u u u', before: '-', wan: 'primary', why: 'primary is the preferred WAN' },
  { healths: 'd ? u', before: '-', wan: 'third', why: 'third can be used' },
  { healths: 'd ? d', before: '-', wan: 'secondary', why: 'secondary can be used' },
  { healths: 'd d d', before: '-', wan: 'primary', why: 'primary is the preferred WAN' },
  { healths: 'g u u', before: '-', wan: 'secondary', why: 'secondary can be used' },
  { healths: '? ? ?', before: 'third', wan: 'third', why: 'before' },
  { healths: '? u ?', before: 'primary', wan: 'primary', why: 'before' },
  { healths: 'u u u', before: 'gone', wan: 'primary', why: 'primary is the preferred WAN' },
]

const failovers: readonly Row[] = [
  { healths: 'u u u', before: 'primary', wan: 'primary', why: 'primary is up: so it is' },
  { healths: 'd u u', before: 'primary', wan: 'secondary', why: 'primary is down: so it is' },
  { healths: 'd d u', before: 'primary', wan: 'third', why: 'primary is down: so it is' },
  { healths: 'd d u', before: 'secondary', wan: 'third', why: 'secondary is down: so it is' },
  { healths: 'd ? u', before: 'primary', wan: 'third', why: 'primary is down: so it is' },
  { healths: 'd g u', before: 'primary', wan: 'third', why: 'primary is down: so it is' },
  { healths: 'd g d', before: 'primary', wan: 'secondary', why: 'primary is down: so it is' },
  { healths: 'd u0 d', before: 'primary', wan: 'secondary', why: 'primary is down: so it is' },
  { healths: 'd u u', before: 'secondary', wan: 'secondary', why: 'primary is down: so it is' },
  { healths: 'd ? ?', before: 'primary', wan: 'primary', why: stays('primary') },
  { healths: 'd d d', before: 'primary', wan: 'primary', why: stays('primary') },
  { healths: 'd d d', before: 'third', wan: 'third', why: stays('third') },
  { healths: '? d d', before: 'primary', wan: 'primary', why: 'before' },
  { healths: '? u u', before: 'secondary', wan: 'secondary', why: 'primary is unknown: so it is' },
]

const degradations: readonly Row[] = [
  { healths: 'g u u', before: 'primary', wan: 'secondary', why: 'primary is degraded: so it is' },
  { healths: 'g g u', before: 'primary', wan: 'third', why: 'primary is degraded: so it is' },
  { healths: 'g g g', before: 'primary', wan: 'primary', why: 'primary is degraded: so it is' },
  { healths: 'g d ?', before: 'primary', wan: 'primary', why: 'primary is degraded: so it is' },
  {
    healths: 'g g d',
    before: 'secondary',
    wan: 'primary',
    why: 'primary is back and preferred to secondary',
  },
]

const silences: readonly Row[] = [
  { healths: 'g u! d', before: 'primary', wan: 'primary', why: 'primary is degraded: so it is' },
  { healths: 'g u! u', before: 'primary', wan: 'third', why: 'primary is degraded: so it is' },
  { healths: 'd u! u', before: 'primary', wan: 'third', why: 'primary is down: so it is' },
  { healths: 'd u! d', before: 'primary', wan: 'secondary', why: 'primary is down: so it is' },
  { healths: 'u! u u', before: 'primary', wan: 'primary', why: 'primary is up: so it is' },
  {
    healths: 'u! u u',
    before: 'secondary',
    wan: 'secondary',
    why: "primary has fallen silent: traffic doesn't go there until it answers",
  },
  {
    healths: 'u! u u',
    before: 'secondary',
    hurry: true,
    wan: 'primary',
    why: 'primary is back and preferred to secondary',
  },
]

const failbacks: readonly Row[] = [
  {
    healths: 'u29.999 u u',
    before: 'secondary',
    wan: 'secondary',
    why: 'primary is back; it has to stay healthy for a while before traffic returns to it',
    wakeS: 0.001,
  },
  {
    healths: 'u30 u u',
    before: 'secondary',
    wan: 'primary',
    why: 'primary is back and preferred to secondary',
  },
  {
    healths: 'u1 u u',
    before: 'secondary',
    hurry: true,
    wan: 'primary',
    why: 'primary is back and preferred to secondary',
  },
  {
    healths: 'u1 d u',
    before: 'secondary',
    wan: 'primary',
    why: 'secondary is down: so it is',
  },
  {
    healths: 'd u5 u',
    before: 'third',
    wan: 'third',
    why: 'secondary is back; it has to stay healthy for a while before traffic returns to it',
    wakeS: 25,
  },
]

const unknowns: readonly Row[] = [
  { healths: '? u u', before: 'primary', hurry: true, wan: 'primary', why: 'before' },
  {
    healths: 'u ? ?',
    before: 'secondary',
    wan: 'primary',
    why: 'primary is back and preferred to secondary',
  },
  {
    healths: 'u10 ? ?',
    before: 'secondary',
    wan: 'secondary',
    why: 'primary is back; it has to stay healthy for a while before traffic returns to it',
    wakeS: 20,
  },
  { healths: '? ? u', before: 'secondary', wan: 'secondary', why: 'before' },
  {
    healths: '? u u',
    before: 'primary',
    mode: 'secondary',
    hurry: true,
    wan: 'secondary',
    why: 'secondary was chosen by hand',
  },
]

const forced: readonly Row[] = [
  {
    healths: 'u u u',
    before: 'primary',
    mode: 'third',
    hurry: true,
    wan: 'third',
    why: 'third was chosen by hand',
  },
  {
    healths: 'u u u',
    before: 'third',
    mode: 'third',
    wan: 'third',
    why: 'third was chosen by hand',
  },
  {
    healths: 'u u g',
    before: 'third',
    mode: 'third',
    wan: 'third',
    why: 'third was chosen by hand',
  },
  {
    healths: 'u u d',
    before: 'third',
    mode: 'third',
    wan: 'primary',
    why: 'third, chosen by hand, is down: so it is',
  },
  {
    healths: 'u u d',
    before: 'primary',
    mode: 'third',
    wan: 'primary',
    why: 'third, chosen by hand, is down: so it is',
  },
  {
    healths: 'u u u10',
    before: 'primary',
    mode: 'third',
    wan: 'primary',
    why: 'third is back; it has to stay healthy for a while before traffic returns to it',
    wakeS: 20,
  },
  {
    healths: 'd d ?',
    before: 'primary',
    mode: 'third',
    hurry: true,
    wan: 'primary',
    why: stays('primary'),
  },
]

const tests: readonly Row[] = [
  {
    healths: 'u u1 u',
    before: 'primary',
    test: 'primary',
    hurry: true,
    wan: 'secondary',
    why: 'a failover test avoids primary',
    wakeS: 60,
  },
  {
    healths: 'u u u',
    before: 'secondary',
    test: 'primary',
    wan: 'secondary',
    why: 'a failover test avoids primary',
    wakeS: 60,
  },
  {
    healths: 'u d g',
    before: 'secondary',
    test: 'primary',
    wan: 'third',
    why: 'secondary is down: so it is',
    wakeS: 60,
  },
  {
    healths: 'u d d',
    before: 'secondary',
    test: 'primary',
    wan: 'primary',
    why: 'secondary is down: so it is',
  },
  {
    healths: 'u1 ? d',
    before: 'secondary',
    test: 'primary',
    wan: 'primary',
    why: 'primary is back and preferred to secondary',
  },
  {
    healths: 'u u u',
    before: 'secondary',
    mode: 'secondary',
    test: 'secondary',
    hurry: true,
    wan: 'primary',
    why: 'a failover test avoids secondary',
    wakeS: 60,
  },
]

function stays(wan: string): string {
  return `no WAN is healthy, so traffic stays on ${wan} (so it is)`
}

const firstAnswers: readonly Row[] = [
  { healths: 'd a d', before: 'primary', wan: 'secondary', why: answersAgain('secondary') },
  { healths: 'd a a', before: 'primary', wan: 'secondary', why: answersAgain('secondary') },
  { healths: 'a d d', before: 'third', wan: 'primary', why: answersAgain('primary') },
  // Once it carries it stays, whichever answers next.
  { healths: 'a a d', before: 'secondary', wan: 'secondary', why: answersAgain('secondary') },
  { healths: 'a d d', before: 'primary', wan: 'primary', why: answersAgain('primary') },
  { healths: 'd a d', before: '-', wan: 'secondary', why: 'secondary can be used' },
  { healths: 'd ? a', before: '-', wan: 'third', why: 'third can be used' },
  // What answers only is nothing against what is healthy.
  { healths: 'a u d', before: 'secondary', wan: 'secondary', why: 'primary is down: so it is' },
  { healths: 'd a g', before: 'primary', wan: 'third', why: 'primary is down: so it is' },
]

function answersAgain(wan: string): string {
  return `${wan} answers again, and no other WAN is healthy`
}

const tables = {
  ...{ starts, firstAnswers, failovers, degradations, silences, failbacks },
  ...{ unknowns, forced, tests },
}
for (const [table, rows] of Object.entries(tables)) {
  describe(`decide: ${table}`, () => {
    for (const row of rows) test(nameOf(row), () => checkRow(row))
  })
}

function nameOf({ healths, before, mode, test: avoid, hurry, wan }: Row): string {
  const asked = [
    mode === undefined ? '' : `, ${mode} by hand`,
    avoid === undefined ? '' : `, a test avoids ${avoid}`,
    hurry === undefined ? '' : ', in a hurry',
  ]
  return `with ${healths}, before ${before}${asked.join('')}, it is ${wan}`
}

function checkRow(row: Row): void {
  const outcome = outcomeOf(row)
  const decided = { wan: row.wan, reason: row.why }
  assert.deepEqual(outcome.decision.policies.get('default'), bothFamilies(decided))
  const wakeS = (outcome.wakeAtMs - nowMs) / 1_000
  assert.equal(wakeS, row.wakeS ?? Number.POSITIVE_INFINITY)
  const from = row.before === '-' ? null : row.before
  const move = { policy: 'default', from, to: row.wan, reason: row.why }
  const moves = families.map((family) => ({ ...move, family }))
  assert.deepEqual(outcome.moves, from === row.wan ? [] : moves)
}

describe('a failover test', () => {
  const row: Row = { healths: 'u1 u u', before: 'secondary', test: 'primary', wan: '', why: '' }

  test('ends by its time, and then traffic returns without any hold-down', () => {
    const until = { avoid: 'primary', untilMs: nowMs }
    const before = { ...previous(row), test: until }
    const { decision } = decide(before, {
      settings: three,
      healths: healthsOf(row.healths),
      nowMs,
      hurry: false,
    })
    assert.equal(decision.test, null)
    assert.equal(decision.policies.get('default')?.ipv4.wan, 'primary')
  })

  test('ends when no other WAN that the default policy may use is healthy', () => {
    const settings = { ...three, defaultPolicy: { use: ['primary', 'secondary'], balance: false } }
    const healths = healthsOf('u1 d u')
    const { decision } = decide(previous(row), { settings, healths, nowMs, hurry: false })
    assert.equal(decision.test, null)
    assert.equal(decision.policies.get('default')?.ipv4.wan, 'primary')
  })

  test('leaves a policy alone that may use only the avoided WAN', () => {
    const settings = { ...three, policies: [examplePolicy('pinned', ['primary'])] }
    const healths = healthsOf('u u u')
    const { decision } = decide(previous(row), { settings, healths, nowMs, hurry: true })
    assert.equal(decision.policies.get('pinned')?.ipv4.wan, 'primary')
  })
})

test('a policy that may use no WAN has none, with a reason', () => {
  const settings = { ...three, policies: [examplePolicy('items', [])] }
  const { decision } = decide(undecided, {
    settings,
    healths: healthsOf('u u u'),
    nowMs,
    hurry: false,
  })
  const expected = bothFamilies({ wan: null, reason: 'its options say no Internet' })
  assert.deepEqual(decision.policies.get('items'), expected)
  assert.deepEqual([...decision.policies.keys()], ['items', 'default'])
})

interface PolicyRow {
  readonly name: string
  readonly healths: string
  readonly use?: readonly string[]
  readonly before?: string
  readonly chosen?: string
  readonly mode?: string
  readonly capped?: readonly string[]
  readonly overCap?: boolean
  readonly wan: string | null
  readonly why: string
}

const policyRows: readonly PolicyRow[] = [
  {
    name: 'follows what was chosen for it',
    healths: 'u u u',
    before: 'primary',
    chosen: 'third',
    wan: 'third',
    why: 'third was chosen by hand',
  },
  {
    name: 'follows its own choice, not the mode',
    healths: 'u u u',
    before: 'primary',
    chosen: 'third',
    mode: 'secondary',
    wan: 'third',
    why: 'third was chosen by hand',
  },
  {
    name: 'leaves what was chosen for it when that is dead',
    healths: 'u u d',
    before: 'third',
    chosen: 'third',
    wan: 'primary',
    why: 'third, chosen by hand, is down: so it is',
  },
  {
    name: 'leaves a WAN whose cap is reached',
    healths: 'u u u',
    before: 'primary',
    capped: ['primary'],
    wan: 'secondary',
    why: 'the cap of primary is reached',
  },
  {
    name: 'never goes to a WAN whose cap is reached, dead as its own may be',
    healths: 'd u u',
    use: ['primary', 'secondary'],
    before: 'primary',
    capped: ['secondary'],
    wan: 'primary',
    why: stays('primary'),
  },
  {
    name: 'has no way out when the caps of all are reached',
    healths: 'u u u',
    use: ['secondary'],
    before: 'secondary',
    capped: ['secondary'],
    wan: null,
    why: 'the cap of secondary is reached for this month',
  },
  {
    name: 'that may go over the cap stays',
    healths: 'u u u',
    use: ['secondary'],
    before: 'secondary',
    capped: ['secondary'],
    overCap: true,
    wan: 'secondary',
    why: 'secondary is up: so it is',
  },
]

describe('a policy', () => {
  for (const row of policyRows) {
    test(`${row.name}: ${row.healths}, before ${row.before}`, () => {
      const { use = names, overCap = false, before, chosen, mode = 'automatic' } = row
      const settings = { ...three, policies: [{ ...examplePolicy('tv', use), overCap }] }
      const was = before === undefined ? {} : { tv: before }
      const choices = chosen === undefined ? [] : ([['tv', chosen]] as const)
      const { decision } = decide(exampleDecision(was, { mode, chosen: new Map(choices) }), {
        ...{ settings, healths: healthsOf(row.healths), nowMs, hurry: true },
        capped: new Set(row.capped),
      })
      const decided = { wan: row.wan, reason: row.why }
      assert.deepEqual(decision.policies.get('tv'), bothFamilies(decided))
    })
  }
})

describe('a failover test for some devices', () => {
  const testFailover = { durationMs: 60_000, devices: [{ kind: 'host' }] } as const
  const settings = { ...three, testFailover, policies: [examplePolicy('pinned', ['primary'])] }
  const under = exampleDecision(
    { pinned: 'primary', default: 'primary' },
    { test: { avoid: 'primary', untilMs: nowMs + 60_000 } },
  )
  const situation = { settings, healths: healthsOf('u u u'), nowMs, hurry: true }
  const wans = (policies: Decision['policies']) => [...policies].map(([, { ipv4 }]) => ipv4.wan)

  test('moves these only, and where they may go', () => {
    const { decision, moves } = decide(under, situation)
    assert.deepEqual(wans(decision.policies), ['primary', 'primary'])
    assert.deepEqual(wans(decision.tested), ['primary', 'secondary'])
    assert.deepEqual(
      moves.map(({ policy, family, from, to }) => [policy, family, from, to]),
      families.map((family) => ['default', family, 'primary', 'secondary']),
    )
  })

  test('moves them back at its end', () => {
    const { decision } = decide(under, situation)
    const { decision: after, moves } = decide({ ...decision, test: null }, situation)
    assert.equal(after.tested.size, 0)
    assert.deepEqual(
      moves.map(({ family, from, to }) => [family, from, to]),
      families.map((family) => [family, 'secondary', 'primary']),
    )
  })
})
