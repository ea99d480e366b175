import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameserversIn, serversIn, upstreamFiles } from '../../src/resolvers/resolver-files.ts'

test('nameservers are read in their order, and nothing else is', () => {
  const text = [
    '# nameserver 9.9.9.9',
    'search lan',
    'nameserver 192.168.0.1',
    '  nameserver\tfe80::1%eth0',
    'nameserver ns.example',
    'nameservers 8.8.8.8',
    'nameserver 2001:db8::53 # the second one',
  ].join('\n')
  assert.deepEqual(nameserversIn(text), ['192.168.0.1', 'fe80::1%eth0', '2001:db8::53'])
  assert.deepEqual(nameserversIn(''), [])
})

test("the Supervisor's servers are addresses, those of TLS and nonsense left out", () => {
  const urls = [
    'dns://192.168.0.1',
    'dns://[2001:db8::53]',
    'dns://2001:db8::54',
    'dns://1.1.1.1:53',
  ]
  assert.deepEqual(serversIn(urls), ['192.168.0.1', '2001:db8::53', '2001:db8::54', '1.1.1.1'])
  assert.deepEqual(serversIn(['tls://1.1.1.1', 'dns://router.lan', '', 'dns://']), [])
})

test('only who asks on loopback has somebody behind it', () => {
  assert.deepEqual(upstreamFiles(['192.168.0.1']), [])
  assert.deepEqual(upstreamFiles(['127.0.0.53']), ['/run/systemd/resolve/resolv.conf'])
  assert.ok(upstreamFiles(['127.0.0.1']).includes('/run/NetworkManager/no-stub-resolv.conf'))
})
