import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adviseResolvers, type PlacedResolver } from '../../src/report/resolver-text.ts'
import { exampleSettings } from '../examples/example-settings.ts'

const router: PlacedResolver = {
  ...{ address: '192.168.0.1', forwards: false },
  place: { kind: 'router', wan: 'primary' },
}
const pinned: PlacedResolver = {
  ...{ address: '8.8.8.8', forwards: false },
  place: { kind: 'pinned', wan: 'primary', destination: '8.8.8.8/32' },
}
const stub: PlacedResolver = { address: '127.0.0.53', forwards: true, place: { kind: 'own' } }
const far: PlacedResolver = { address: '9.9.9.9', forwards: false, place: { kind: 'internet' } }
const near: PlacedResolver = { ...far, address: '192.168.0.9', place: { kind: 'neighbour' } }

const advise = (...resolvers: PlacedResolver[]) => adviseResolvers(resolvers, exampleSettings())

test('the only DNS server that is a router is named, with what is better', () => {
  const [first, second, ...rest] = advise(stub, router)
  assert.equal(
    first,
    "the only DNS server, 192.168.0.1, is primary's router: when that line dies, names die with " +
      'it. Better: give this machine a DNS server that every line reaches as well, like 1.1.1.1 ' +
      'or 8.8.8.8. Until then, what passes this machine is handed to one that answers',
  )
  assert.match(second ?? '', /^devices that ask 192\.168\.0\.1 directly.* In the DHCP server, set/)
  assert.deepEqual(rest, [])
})

test('so are several that hang on one line, and one that a route pins', () => {
  assert.match(
    advise(router, pinned)[0] ?? '',
    /^all DNS servers, 192\.168\.0\.1 and 8\.8\.8\.8, hang on primary: when that line dies/,
  )
  assert.match(advise(pinned)[0] ?? '', /^the only DNS server, 8\.8\.8\.8, is only reached by prim/)
})

test('nothing is wrong where another one outlives the line, or where there is none', () => {
  for (const resolvers of [[], [stub], [far], [near], [pinned, far], [pinned, near]]) {
    assert.deepEqual(advise(...resolvers), [])
  }
  assert.equal(advise(router, far).length, 1, 'devices may still ask the router directly')
})

test('with dns_rescue: off it says what auto would do', () => {
  const [first] = adviseResolvers([router], exampleSettings({ dnsRescue: 'off' }))
  assert.match(first ?? '', /With dns_rescue: auto, what passes this machine would be handed/)
})
