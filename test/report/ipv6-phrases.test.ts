import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Moment } from '../../src/decision/changes.ts'
import type { HealthState, WanHealths } from '../../src/model/health.ts'
import { describeIpv6Changes, sickIpv6 } from '../../src/report/ipv6-phrases.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth } from '../examples/example-health.ts'

interface Told {
  readonly ipv4?: HealthState
  readonly ipv6: HealthState | 'as IPv4'
  readonly wan?: string
  readonly wan6: string
}

/** Of the primary; the secondary is up in both. */
function moment({ ipv4 = 'up', ipv6, wan = 'primary', wan6 }: Told): Moment {
  const of = (state: HealthState): WanHealths =>
    new Map([
      ['primary', exampleHealth(state)],
      ['secondary', exampleHealth('up')],
    ])
  const own = of(ipv4)
  const by = (name: string) => ({ wan: name, reason: `${name} it is` })
  const policies = new Map([['default', { ipv4: by(wan), ipv6: by(wan6) }]])
  return {
    healths: { ipv4: own, ipv6: ipv6 === 'as IPv4' ? own : of(ipv6) },
    decision: { ...exampleDecision('primary'), policies },
  }
}

const well = moment({ ipv6: 'up', wan6: 'primary' })
const dead = moment({ ipv6: 'down', wan6: 'secondary' })

function told(before: Moment, after: Moment): string[] {
  const phrases = describeIpv6Changes(before, after, ['primary', 'secondary'])
  return phrases.map(({ level, text }) => `${level}: ${text}`)
}

describe('the log on IPv6', () => {
  test('tells of IPv6 that dies and moves, and that it comes back', () => {
    assert.deepEqual(told(well, dead), [
      'warn: IPv6 of primary is down: says the example',
      'warn: failover of IPv6 from primary to secondary: secondary it is',
    ])
    assert.deepEqual(told(dead, well), [
      'info: IPv6 of primary is up again: says the example',
      'info: failback of IPv6 from secondary to primary: primary it is',
    ])
  })

  test('is silent where nothing has happened, and while IPv6 is new or not there yet', () => {
    assert.deepEqual(told(well, well), [])
    const unknown = moment({ ipv6: 'unknown', wan6: 'primary' })
    assert.deepEqual(told(unknown, well), [])
    assert.deepEqual(told(well, unknown), [])
  })

  test('is silent on a WAN that has no IPv6, and on moves that IPv4 makes too', () => {
    const before = moment({ ipv6: 'as IPv4', wan6: 'primary' })
    const after = moment({ ipv4: 'down', ipv6: 'as IPv4', wan: 'secondary', wan6: 'secondary' })
    assert.deepEqual(told(before, after), [])
  })
})

test('dead IPv6 is a problem of its own only while IPv4 lives', () => {
  assert.deepEqual(sickIpv6(dead), ['IPv6 of primary is down: says the example'])
  assert.deepEqual(sickIpv6(moment({ ipv4: 'down', ipv6: 'down', wan6: 'secondary' })), [])
  assert.deepEqual(sickIpv6(moment({ ipv4: 'degraded', ipv6: 'as IPv4', wan6: 'primary' })), [])
  assert.deepEqual(sickIpv6(well), [])
})
