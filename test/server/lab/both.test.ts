/** Each packet on two lines: whatever one of them does, nothing is lost, and no stranger gets any. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { waitFor } from '../../wait-for.ts'
import { openBoth } from './open-both.ts'
import { ServerLab, strangerAddress } from './server-lab.ts'
import type { TestHouse } from './test-house.ts'

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

test('behind two NATs either line falls silent, and 0 of 1,000 packets are lost', {
  skip,
}, async () => {
  await using lab = await ServerLab.open()
  const { house } = await openBoth(lab)
  for (const port of seenPorts(house)) assert.notEqual(port, '51820', 'the NAT rewrites ports')
  for (const line of [1, 2]) {
    const [pings] = await Promise.all([
      house.ping(strangerAddress, 1_000),
      waitFor(() => lab.silence(`home-${line}`, true).then(() => true), { what: 'the silence' }),
    ])
    assert.deepEqual([pings.lost, pings.duplicates], [0, 0], `line ${line}`)
    await lab.silence(`home-${line}`, false)
  }
})

test('both lines behind one carrier’s address differ by their port alone', { skip }, async () => {
  await using lab = await ServerLab.open({ carrier: true })
  const { house } = await openBoth(lab)
  const [one, other] = [...house.seenAt.values()].map((place) => place.split(':'))
  assert.equal(one?.[0], other?.[0])
  assert.notEqual(one?.[1], other?.[1])
  await lab.silence('home-1', true)
  const pings = await house.ping(strangerAddress, 200)
  assert.deepEqual([pings.lost, pings.duplicates], [0, 0])
})

function seenPorts(house: TestHouse): readonly string[] {
  return [...house.seenAt.values()].map((place) => place.split(':')[1] ?? '')
}
