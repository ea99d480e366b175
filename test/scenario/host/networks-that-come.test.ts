/** Docker's networks come and go all day: each is a new neighbour, and nothing else may notice. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { target } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const table = ['table', 'inet', 'wan_failover'] as const

/** Each chain, rule, set and counter with the kernel's number for it: made anew, it has another. */
async function handles({ lab: { host } }: House): Promise<string[]> {
  const listing = await host.run('nft', '-a', '-s', '-t', 'list', ...table)
  return listing.split('\n').filter((line) => line.includes('# handle'))
}

async function countedPackets({ lab: { host } }: House): Promise<number> {
  const listing = await host.run('nft', 'list', 'counter', ...table.slice(1), 'sent.secondary')
  return Number(/packets (\d+)/.exec(listing)?.[1])
}

test('a network that comes and goes changes what is in sets, and no chain or rule', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    wans: [{}, { metered: true }],
    options: {
      policies: [{ name: 'first', from: ['192.168.0.100'], use: ['secondary'] }],
    },
  })
  const { host } = house.lab
  const set = (name: string) => host.run('nft', 'list', 'set', ...table.slice(1), name)
  const neighbours = () => set('neighbours_ipv4')
  await house.lab.client(1).run('ping', '-c', '3', '-i', '0.2', target)
  await TcpClient.start(house.lab.client(1), { target, kind: 'sending' })
  const flow = /192\.168\.0\.100 \. \d+/.exec(await set('flows_secondary_ipv4'))?.[0]
  assert.ok(flow !== undefined)
  const packets = await countedPackets(house)
  assert.ok(packets > 0)
  const before = await handles(house)
  assert.ok(before.length > 50, before.join('\n'))

  await host.ip([
    'link add br-one type bridge',
    'address add 172.31.7.1/24 dev br-one',
    'link set br-one up',
  ])
  await waitFor(async () => (await neighbours()).includes('172.31.7.0/24'), { what: 'it to come' })
  assert.deepEqual(await handles(house), before)

  await host.ip(['link delete br-one'])
  await waitFor(async () => !(await neighbours()).includes('172.31.7'), { what: 'it to go' })
  assert.deepEqual(await handles(house), before)
  assert.ok((await countedPackets(house)) >= packets)
  assert.ok((await set('flows_secondary_ipv4')).includes(flow))
})
