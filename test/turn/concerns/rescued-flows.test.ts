import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rescue } from '../../../src/model/resolver.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { RescuedFlows } from '../../../src/turn/concerns/rescued-flows.ts'
import { wishKey } from '../../../src/turn/wish-key.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'

const settings = exampleSettings({
  wans: ['1', '2', '3'].map((last, index) =>
    exampleWan(index, {
      name: ['primary', 'secondary', 'third'][index] ?? '',
      gateway: `192.168.0.${last}`,
      interface: 'eth0',
    }),
  ),
})
const host = exampleHost([{ name: 'eth0', addresses: ['192.168.0.9/24'] }])
const uplinks = resolveUplinks(settings.wans, host)
const router = '192.168.0.1'

function rescue(answersBy: Readonly<Record<string, string>>, resolver = router): Rescue {
  return { resolver, answersBy: new Map(Object.entries(answersBy)) }
}

function done(wan: string, rescues: readonly Rescue[]) {
  const decision = exampleDecision(wan)
  return { ...exampleDecided({ host, uplinks, decision }), wishes: { rescues } }
}

/** What is forgotten after each of these, once something is known. */
function forgotten(...turns: readonly ReturnType<typeof done>[]): unknown[] {
  const flows = new RescuedFlows(settings)
  flows.afterwards(done('primary', []), true)
  return turns.map((turn) =>
    flows.afterwards(turn, true).map((errand) => {
      assert.ok(errand.kind === 'forget_queries')
      return errand.resolvers
    }),
  )
}

test('queries move when a rescue begins and when it ends, and not in between', () => {
  const rescues = [rescue({ secondary: '8.8.8.8' })]
  const turns = [done('secondary', rescues), done('secondary', rescues), done('primary', [])]
  assert.deepEqual(forgotten(...turns), [[[router]], [], [[router]]])
})

test('queries move when another resolver answers, and when another WAN is used', () => {
  const both = rescue({ secondary: '8.8.8.8', third: '8.8.8.8' })
  const turns = [
    done('secondary', [both]),
    done('third', [both]),
    done('third', [rescue({ third: '9.9.9.9' })]),
  ]
  assert.deepEqual(forgotten(...turns), [[[router]], [[router]], [[router]]])
})

test('what no client is translated to moves nobody', () => {
  const turns = [done('primary', [rescue({ secondary: '8.8.8.8' })])]
  assert.deepEqual(forgotten(...turns), [[]])
})

test('of two resolvers only the one moves that is answered otherwise', () => {
  const second = rescue({ secondary: '8.8.8.8' }, '192.168.0.53')
  const turns = [
    done('secondary', [second]),
    done('secondary', [second, rescue({ secondary: '8.8.8.8' })]),
  ]
  assert.deepEqual(forgotten(...turns), [[['192.168.0.53']], [[router]]])
})

test('a start forgets what an earlier run has translated, and waits for its plan to stand', () => {
  const flows = new RescuedFlows(settings)
  assert.deepEqual(flows.afterwards(done('primary', []), false), [])
  const everything = { kind: 'forget_queries', resolvers: null }
  assert.deepEqual(flows.afterwards(done('primary', []), true), [everything])
})

test('a wish for another answer is another wish; a month’s bytes are none', () => {
  const of = (address: string) => wishKey({ rescues: [rescue({ secondary: address })] })
  assert.notEqual(of('8.8.8.8'), of('9.9.9.9'))
  const cap = { wan: 'lte', month: '2026-11-01', limitBytes: 10 }
  const used = (usedBytes: number) => wishKey({ metering: { caps: [{ ...cap, usedBytes }] } })
  assert.equal(used(1), used(2))
})
