import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firewallLines } from '../../../src/server/houses/other-firewalls.ts'

const needs = { ownTable: 'wan_failover_server', link: 'wf-server', port: 51_820 }

function chain(hook: string, policy: string, table = 'filter') {
  return { family: 'ip', table, name: hook.toUpperCase(), hook, policy }
}

test('a firewall that drops what is forwarded, or what comes in, is named with what it has to let', () => {
  assert.deepEqual(firewallLines([chain('forward', 'drop'), chain('input', 'drop')], needs), [
    'The firewall ip filter, chain FORWARD, drops what no rule of it lets pass: one has to let what is forwarded to and from wf-server.',
    'The firewall ip filter, chain INPUT, drops what no rule of it lets pass: one has to let UDP 51820, and what comes from wf-server.',
  ])
})

test('one that lets pass what no rule drops is none of our business, nor is our own', () => {
  const others = [chain('forward', 'accept'), chain('output', 'drop')]
  assert.deepEqual(firewallLines([...others, chain('forward', 'drop', needs.ownTable)], needs), [])
  const { hook: _, policy: __, ...regular } = chain('forward', 'drop')
  assert.deepEqual(firewallLines([regular], needs), [])
})
