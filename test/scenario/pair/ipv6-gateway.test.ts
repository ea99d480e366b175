/** The link-local address of a pair, which devices may have as their IPv6 gateway. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { type Box, PairHouse } from '../../lab/house/pair-house.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')

test('who takes over tells IPv6 neighbours so at once and again, and is ready to answer', {
  skip,
}, async () => {
  await using house = await PairHouse.open({ pair: { address6: 'fe80::5' } })
  const { first, second } = house
  const client = house.lab.client(1)
  await client.nft(`table inet heard {
    chain input {
      type filter hook input priority 0;
      ip6 daddr ff02::1 icmpv6 type nd-neighbor-advert counter
    }
  }`)
  // Who it is must be known before: an advert that nobody asked for makes no new neighbour.
  await client.script('ping -6 -c 1 -w 10 fe80::5%eth0')
  const gateway = () => client.run('ip', '-6', 'neigh', 'show', 'fe80::5', 'dev', 'eth0')
  assert.match(await gateway(), new RegExp(await macOf(first)))
  await house.restFirst(true)
  await house.waitUntilServing('second')
  const mac = new RegExp(await macOf(second))
  await waitFor(async () => mac.test(await gateway()), {
    ...{ deadlineMs: 3_000, what: 'the client knows the new gateway' },
  })
  assert.doesNotMatch(await addressOf(second), /tentative/)
  await client.script('ping -6 -c 1 -w 5 fe80::5%eth0')
  // Three at once, and three more a second later.
  const heard = async () => await client.run('nft', 'list', 'table', 'inet', 'heard')
  await waitFor(async () => Number(/packets (\d+)/.exec(await heard())?.[1]) >= 4, {
    ...{ deadlineMs: 5_000, what: 'adverts that nobody asked for are repeated' },
  })
  assert.equal(await addressOf(first), '')
})

async function addressOf({ node }: Box): Promise<string> {
  const all = await node.run('ip', '-6', '-oneline', 'address', 'show', 'dev', 'eth0')
  return all
    .split('\n')
    .filter((line) => line.includes('fe80::5/'))
    .join('\n')
}

async function macOf({ node }: Box): Promise<string> {
  return /link\/ether (\S+)/.exec(await node.run('ip', 'link', 'show', 'eth0'))?.[1] ?? 'no MAC'
}
