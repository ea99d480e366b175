import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ipv6Healths } from '../../src/decision/without-ipv6.ts'
import type { HealthState, WanHealths } from '../../src/model/health.ts'
import { exampleHealths } from '../examples/example-health.ts'
import { exampleWan } from '../examples/example-settings.ts'

const states = (healths: WanHealths) => [...healths].map(([wan, { state }]) => `${wan} ${state}`)

const has = { gateway6: 'auto', interface: 'eth0' }
const healths = (of: Readonly<Record<string, HealthState>>): WanHealths =>
  exampleHealths(Object.keys(of), of).ipv4

describe('IPv6 of a WAN without IPv6', () => {
  test('follows IPv4 where no WAN has any, and is the very same value', () => {
    const ipv4 = healths({ primary: 'up', secondary: 'down' })
    assert.equal(ipv6Healths([exampleWan(0), exampleWan(1)], { ipv4, ipv6: new Map() }), ipv4)
  })

  test('is disabled where another WAN has it', () => {
    const ipv4 = healths({ primary: 'up', secondary: 'up' })
    const ipv6 = healths({ primary: 'down' })
    const found = ipv6Healths([exampleWan(0, has), exampleWan(1)], { ipv4, ipv6 })
    assert.deepEqual(states(found), ['primary down', 'secondary disabled'])
  })

  test('is unknown where it may still come, until the line goes down', () => {
    const wans = [exampleWan(0, has), exampleWan(1, has)]
    const ipv6 = healths({ secondary: 'up' })
    const of = (state: HealthState) =>
      states(ipv6Healths(wans, { ipv4: healths({ primary: state, secondary: 'up' }), ipv6 }))
    assert.deepEqual(of('up'), ['primary unknown', 'secondary up'])
    assert.deepEqual(of('down'), ['primary disabled', 'secondary up'])
  })

  test('follows IPv4 where a metered WAN alone has it: that one would carry IPv6 for ever', () => {
    const wans = [exampleWan(0), exampleWan(1, { ...has, metered: true })]
    const ipv4 = healths({ primary: 'up', secondary: 'up' })
    const found = ipv6Healths(wans, { ipv4, ipv6: healths({ secondary: 'degraded' }) })
    assert.deepEqual(states(found), ['primary up', 'secondary degraded'])
  })
})
