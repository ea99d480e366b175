import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kindOf, looksMetered } from '../../src/lines/line-kind.ts'

const cases: readonly [string, string | null, string | null, string, boolean][] = [
  ['eth0', '192.168.0.1', null, 'router', false],
  ['eth0', '192.168.0.1', 'AVM', 'router', false],
  ['wlan0', '172.20.10.1', null, 'hotspot', true],
  ['wlan0', '172.20.10.17', null, 'router', false],
  ['wlan0', '192.168.43.1', null, 'hotspot', true],
  ['usb0', '192.168.42.129', null, 'hotspot', true],
  ['eth1', '192.168.8.1', 'Huawei', 'modem', true],
  ['wwan0', '10.0.0.1', null, 'modem', true],
  ['eth1', '192.168.5.1', 'Quectel', 'modem', true],
  ['eth1', '192.168.1.1', 'Huawei', 'router', false],
  ['eth1', '192.168.100.1', 'Vantiva', 'modem', false],
  ['ppp0', null, null, 'ppp', false],
  ['wwan0', null, null, 'interface', true],
  ['eth1', null, null, 'interface', false],
]
for (const [link, gateway, maker, kind, metered] of cases) {
  const name = `${maker ?? 'somebody'}'s ${gateway ?? 'nobody'} on ${link}`
  test(`${name} is a ${kind}${metered ? ' that costs' : ''}`, () => {
    const looks = { interface: link, gateway, maker }
    assert.deepEqual([kindOf(looks), looksMetered(looks)], [kind, metered])
  })
}
