/** The rules for what tunnels send, and what an earlier run has left of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { families } from '../../../src/model/address.ts'
import { outerMark, priorities } from '../../../src/model/marks.ts'
import { desiredState } from '../../../src/network/desired-state.ts'
import { standingRides, turnedRides } from '../../../src/network/rules/ride-rows.ts'
import { ruleText } from '../../../src/network/rules/rule-text.ts'
import type { Wanted } from '../../../src/network/wanted.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { tunnelOptions } from '../../examples/tunnel-options.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const settings = settingsOf(tunnelOptions)
const wanted: Wanted = wantedOn(oneSubnet, settings, 'primary')
const outer = priorities.outer(2)

function outerRules(rides: Wanted['rides']): readonly string[] {
  return desiredState({ ...wanted, ...(rides === undefined ? {} : { rides }) })
    .rules.filter(({ priority }) => priority === outer || priority === outer + 1)
    .map((rule) => `${rule.family} ${ruleText(rule)}`)
}

test('what a tunnel sends leaves by the line that carries it, or fails', () => {
  const mark = `fwmark 0x${outerMark(2).toString(16)}/0xff000000`
  const rules = (table: number) =>
    families.flatMap((family) => [`${family} pref ${outer} ${mark} lookup ${table} protocol 201`])
  const closed = families.map(
    (family) => `${family} pref ${outer + 1} ${mark} unreachable protocol 201`,
  )
  const by = (line: string | null) => outerRules([{ tunnel: 'home_ip', line }])
  assert.deepEqual(by('primary').toSorted(), [...rules(100), ...closed].toSorted())
  assert.deepEqual(by('secondary').toSorted(), [...rules(101), ...closed].toSorted())
  assert.deepEqual(outerRules(undefined).toSorted(), by('primary').toSorted())
})

test('where no line may carry it, or a tunnel should, its packets fail', () => {
  for (const line of [null, 'home_ip', 'nobody']) {
    const rules = outerRules([{ tunnel: 'home_ip', line }])
    assert.deepEqual(
      rules.map((rule) => rule.includes('unreachable')),
      [true, true],
      `${line}`,
    )
  }
})

test('a start finds the line that carries each tunnel, after half a flip the newer one', () => {
  const { host } = wanted
  const left = (line: string) =>
    desiredState({ ...wanted, rides: [{ tunnel: 'home_ip', line }] }).rules
  assert.deepEqual(standingRides(settings, host), [])
  for (const line of ['primary', 'secondary']) {
    const standing = standingRides(settings, { ...host, rules: left(line) })
    assert.deepEqual(standing, [{ tunnel: 'home_ip', line }])
  }
  const ofBoth = [...left('primary'), ...left('secondary')].filter(
    ({ priority }) => priority === outer,
  )
  assert.equal(standingRides(settings, { ...host, rules: ofBoth })[0]?.line, 'secondary')
})

test('a policy that may use every line needs no tunnel to fall through to main', () => {
  const rules = desiredState(wanted).rules.filter(
    ({ priority }) => priority === priorities.defaultPolicy + 1,
  )
  assert.deepEqual(rules, [])
})

test('a change of its rule turns a tunnel, and no other change does', () => {
  const { rules } = desiredState({ ...wanted, rides: [{ tunnel: 'home_ip', line: 'primary' }] })
  const turned = (priority: number) =>
    turnedRides(
      settings,
      rules
        .filter((rule) => rule.priority === priority)
        .map((rule) => ({ kind: 'add_rule', rule })),
    )
  assert.deepEqual(turned(outer), ['home_ip'])
  assert.deepEqual(turned(outer + 1), [])
  assert.deepEqual(turned(10_900), [])
  assert.deepEqual(turnedRides(settings, [{ kind: 'delete_nft' }]), [])
})
