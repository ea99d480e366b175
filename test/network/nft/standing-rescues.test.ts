import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rescue } from '../../../src/model/resolver.ts'
import { desiredState } from '../../../src/network/desired-state.ts'
import { standingRescues } from '../../../src/network/nft/standing-rescues.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'

const host = exampleHost([
  { name: 'wan1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
  { name: 'wan2', addresses: ['10.2.0.2/24', '2001:db8:2::2/64'] },
])
const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'wan1' }),
    exampleWan(1, {
      name: 'lte_stick',
      gateway: '10.2.0.1',
      gateway6: 'fe80::2',
      interface: 'wan2',
    }),
  ],
})

test('what stands is read back from the names of chains, both families', () => {
  const rescues: Rescue[] = [
    { resolver: '10.1.0.1', answersBy: new Map([['lte_stick', '8.8.8.8']]) },
    { resolver: '2001:db8:1::53', answersBy: new Map([['lte_stick', '2001:4860:4860::8888']]) },
  ]
  const uplinks = resolveUplinks(settings.wans, host)
  const decision = exampleDecision('lte_stick')
  const { nft } = desiredState({ settings, host, uplinks, decision, rescues })
  // As nft lists it: with tabs.
  const listing = (nft ?? '').replaceAll(/^ {2}(?=\S)/gm, '\t')
  assert.deepEqual(standingRescues({ nft: listing }), rescues)
})

test('nothing stands where nothing of ours is in nft', () => {
  assert.deepEqual(standingRescues({ nft: null }), [])
})
