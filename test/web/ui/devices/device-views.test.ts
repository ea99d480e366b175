import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceGroups } from '../../../../src/web/ui/devices/device-views.ts'
import { devicesTexts } from '../../../../src/web/ui/texts/devices/language.ts'
import { Formats } from '../../../../src/web/ui/texts/formats.ts'
import { exampleDevice, exampleDevices } from '../../../examples/example-devices.ts'

const speech = {
  texts: devicesTexts('en-GB'),
  formats: new Formats('en-GB', 'UTC'),
  nowMs: Date.parse('2026-11-28T12:00:00Z'),
}

test('those that pass, and those that don’t with what to do', () => {
  const { through, past, advice } = deviceGroups(exampleDevices.devices, speech)
  assert.deepEqual(
    through.map(({ name, details, bytes, lastSeen }) => ({ name, details, bytes, lastSeen })),
    [
      {
        name: 'laptop',
        details: '192.168.0.50 · 02:00:00:00:00:50',
        bytes: [
          { wan: 'primary', text: '2 MB' },
          { wan: 'secondary', text: '40 kB' },
        ],
        lastSeen: '10:00',
      },
    ],
  )
  assert.deepEqual(
    past.map(({ name, bytes, lastSeen }) => [name, bytes, lastSeen]),
    [['tv', [], null]],
  )
  assert.deepEqual(advice, ['In your router’s DHCP server, set the gateway to 192.168.0.5.'])
})

test('one without a name is called by its address; its maker says more than its MAC', () => {
  const nameless = { ...exampleDevice, name: null, maker: 'AVM' }
  const [view] = deviceGroups([nameless], speech).through
  assert.deepEqual([view?.name, view?.details], ['192.168.0.50', 'AVM'])
})

test('each network’s own address is named once, one that isn’t known never', () => {
  const past = { ...exampleDevice, through: false }
  const devices = [past, past, { ...past, here: '10.0.0.5' }, { ...past, here: null }]
  assert.deepEqual(deviceGroups(devices, speech).advice, [
    'In your router’s DHCP server, set the gateway to 192.168.0.5.',
    'In your router’s DHCP server, set the gateway to 10.0.0.5.',
  ])
})

test('every language has its own words, and none speaks English', () => {
  const words = ['en', 'de', 'es', 'fr'].map((tag) => devicesTexts(tag))
  for (const key of ['looking', 'again', 'none', 'pastHint', 'truncated', 'lastSeen'] as const) {
    assert.equal(new Set(words.map((texts) => texts[key])).size, 4, key)
  }
  assert.equal(devicesTexts('pt').again, 'Look again')
})
