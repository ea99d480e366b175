import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  insideOf,
  nthOf,
  readNetwork,
  readServerSettings,
  writeServerSettings,
} from '../../../src/server/houses/server-settings.ts'
import { exampleHouse, exampleServer } from '../example-server.ts'

test('what is written is read again', () => {
  const settings = exampleServer({ houses: [exampleHouse({ ports: ['tcp/443'] })] })
  assert.deepEqual(readServerSettings(writeServerSettings(settings)), { kind: 'ok', settings })
})

test('what is wrong is named by its place, and no key is repeated', () => {
  const secret = exampleServer().private_key
  for (const [changes, said] of [
    [{ endpoint: 'vpn.example.org' }, /^endpoint is wrong, it must be a host with a port$/],
    [{ private_key: `${secret.slice(1)}A` }, /^private_key is wrong, it must be a WireGuard key$/],
    [{ network: '10.99.0.0/31' }, /^network is wrong, .* eight addresses/],
    [{ network: '10.99.0.1/24' }, /^network is wrong/],
    [{ mtu: 100 }, /^mtu is wrong/],
    [{ uplink: 'eth0; reboot' }, /^uplink is wrong, .* a link$/],
    [{ houses: [exampleHouse({ ports: ['tcp/0'] })] }, /^houses\.0\.ports\.0 is wrong, .* a port/],
    [{ houses: [exampleHouse({ name: 'A "' })] }, /^houses\.0\.name is wrong/],
    [{ houses: [exampleHouse(), exampleHouse()] }, /each house once/],
    [{ houses: [exampleHouse({ addresses: [] })] }, /^houses\.0\.addresses is wrong/],
    [{ more: 1 }, /^more is wrong/],
  ] as const) {
    const read = readServerSettings(JSON.stringify({ ...exampleServer(), ...changes }))
    const reason = read.kind === 'wrong' ? read.reason : 'it was taken'
    assert.match(reason, said)
    assert.ok(!reason.includes(secret.slice(1, 20)))
  }
  assert.equal(readServerSettings('{').kind, 'wrong')
})

test('networks are canonical, and none that no house can have', () => {
  for (const [text, network] of [
    ['203.0.113.80', '203.0.113.80/32'],
    ['203.0.113.80/29', '203.0.113.80/29'],
    ['203.0.113.81/29', '203.0.113.80/29'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:DB8:0:1::/64', '2001:db8:0:1::/64'],
    ['0.0.0.0/0', null],
    ['127.0.0.1', null],
    ['224.0.0.1', null],
    ['::1', null],
    ['fe80::1', null],
    ['203.0.113', null],
    ['203.0.113.80/33', null],
    ['203.0.113.80/', null],
    ['203.0.113.80/8/8', null],
    ['fd00::1%eth0', null],
  ] as const) {
    assert.equal(readNetwork(text), network, text)
  }
})

test('this machine has the first address inside', () => {
  assert.equal(insideOf({ network: '10.99.0.0/24' }), '10.99.0.1')
  assert.equal(nthOf('10.99.255.248/29', 7), '10.99.255.255')
  assert.equal(nthOf('172.16.0.0/16', 300), '172.16.1.44')
})
