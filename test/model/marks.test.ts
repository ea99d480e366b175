import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxWans, probePorts, resolverAskPorts } from '../../src/model/marks.ts'

test("no WAN's rules know the ports by which resolvers are asked", () => {
  for (let wan = 0; wan < maxWans; wan += 1) {
    assert.ok(probePorts(wan).last < resolverAskPorts.first, `WAN ${wan}`)
  }
  assert.ok(resolverAskPorts.first <= resolverAskPorts.last && resolverAskPorts.last <= 65_535)
})
