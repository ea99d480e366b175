import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desiredState } from '../../src/network/desired-state.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { describeDetours, routingIfSuspect } from '../../src/report/detours.ts'
import { explainCases } from '../../src/report/explain.ts'
import { plan, planText } from '../../src/report/plan.ts'
import { standingDecision, standingRouting } from '../../src/report/standing-decision.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { examplePolicy, exampleSettings } from '../examples/example-settings.ts'

const from = [{ kind: 'address', cidr: '192.168.0.77/32' } as const]
const settings = exampleSettings({ policies: [{ ...examplePolicy('work', ['primary']), from }] })
const uplinks = resolveUplinks(settings.wans, oneSubnet)
const decision = exampleDecision({ work: 'primary', default: 'primary' })
const question = { settings, uplinks, decision, down: [] }
const sentence =
  'policy default: new connections avoid primary, which has fallen silent, and take secondary; ' +
  'what runs there stays there'

test('a plan with a suspicion has the rules of the detour, and says why', () => {
  const { routed } = routingIfSuspect(['primary'], question)
  const detours = describeDetours(decision, routed)
  assert.deepEqual(detours, [sentence])
  const wanted = { settings, uplinks, decision: routed, host: oneSubnet }
  const text = planText(plan(desiredState(wanted), wanted, detours))
  assert.ok(text.includes(`# rules\n# ${sentence}\n`), text)
  assert.match(text, /ip -4 rule add pref 10900 lookup 101 protocol 201/)
})

test('without a better WAN nothing is avoided', () => {
  const { routed } = routingIfSuspect(['primary'], { ...question, down: ['secondary'] })
  assert.deepEqual(describeDetours(decision, routed), [])
})

test('what stands in the kernel tells the decision from the detour, and explain says both', () => {
  const { routed } = routingIfSuspect(['primary'], question)
  const aside = { ipv4: new Map([['default', 'primary']]), ipv6: new Map() }
  const none = bothFamilies([])
  const flows = { kept: none, cut: none, canMark: true, aside }
  const { rules, nft } = desiredState({
    ...{ settings, uplinks, decision: routed, host: oneSubnet, flows },
  })
  const host = { ...oneSubnet, rules: [...oneSubnet.rules, ...rules], nft }
  const standing = { settings, uplinks, host }
  const decided = standingDecision(standing)
  assert.equal(decided.policies.get('default')?.ipv4.wan, 'primary')
  const led = standingRouting(standing, decided)
  const client = { family: 'ipv4', from: '192.168.0.50', to: '203.0.113.1' } as const
  const cases = explainCases({ ...standing, decision: decided, routed: led }, client)
  const [now] = cases
  assert.equal(now?.wan, 'secondary')
  assert.equal(now?.reason, 'new connections avoid primary, which has fallen silent')
})
