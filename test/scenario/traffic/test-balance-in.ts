import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PairsAgentOptions } from '../../lab/agents/pairs-agent.ts'
import { House } from '../../lab/house/house.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { Topology } from '../../lab/network/plan.ts'
import { ports } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const agent = new URL('../../lab/agents/pairs-agent.ts', import.meta.url)
const targets = ['1.1.1.1', '8.8.8.8', '9.9.9.9', '203.0.113.1', '198.51.100.1']

/** By `SOURCE TARGET`, the WAN that a new connection between them has gone by. */
async function waysOf(
  node: LabNode,
  sources: readonly string[],
  to: readonly string[] = targets,
): Promise<ReadonlyMap<string, string>> {
  const options: PairsAgentOptions = { sources, targets: to, port: ports.udpEcho }
  const told = await node.run(process.execPath, agent.pathname, JSON.stringify(options))
  const lines = told.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(-1)] as const),
  )
}

/** A WAN joins when its hold-down is over. */
async function waitUntilSpread(host: LabNode): Promise<void> {
  const table = ['list', 'table', 'inet', 'wan_failover']
  await waitFor(async () => (await host.run('nft', ...table)).includes('numgen'), {
    deadlineMs: 20_000,
    what: 'new connections to be spread',
    everyMs: 100,
  })
}

function share(ways: ReadonlyMap<string, string>, wan: string): number {
  return [...ways.values()].filter((way) => way === wan).length
}

export function testBalanceIn(topology: Topology): void {
  describe(`balanced connections, ${topology}`, () => {
    test('are a thousand spread by weight, and each pair stays together', async () => {
      await using house = await House.open({
        topology,
        wans: [{ weight: 3 }, {}],
        options: {
          policies: [
            { name: 'lan', from: ['192.168.0.0/24'], use: ['primary', 'secondary'], balance: true },
          ],
        },
      })
      const client = house.lab.client(1)
      await waitUntilSpread(house.lab.host)
      const sources = Array.from({ length: 200 }, (_, i) => `192.168.0.${i + 30}`).filter(
        (address) => address !== '192.168.0.100' && address !== '192.168.0.150',
      )
      await client.ip(sources.map((address) => `address add ${address}/24 dev eth0`))
      const ways = await waysOf(client, sources)
      assert.ok(ways.size >= 980, `${ways.size} of ${sources.length * targets.length} answered`)
      const expected = ways.size * 0.75
      const first = share(ways, '1')
      assert.ok(Math.abs(first - expected) <= 0.05 * expected, `${first} of ${ways.size} by WAN 1`)
      const again = await waysOf(client, sources.slice(0, 40))
      const strayed = [...again].filter(([pair, way]) => ways.has(pair) && ways.get(pair) !== way)
      assert.deepEqual(strayed, [])
    })

    test('stay where they began when another WAN dies, and begin anew when theirs does', async () => {
      await using house = await House.open({
        topology,
        options: { default_policy: { balance: true } },
      })
      const { lab, mqtt } = house
      await waitUntilSpread(lab.host)
      const host = await waysOf(lab.host, [lab.wan(1).hostAddress])
      assert.deepEqual(new Set(host.values()), new Set(['1', '2']), "this machine's own are spread")
      const before = await waysOf(lab.client(1), [lab.plan.clients[0].address])
      const by = (wan: string) => {
        const [pair = ''] = [...before].find(([, way]) => way === wan) ?? []
        return pair.split(' ')[1] ?? ''
      }
      // A pair stays together, so by the target it is known where each of these goes.
      const staying = await TcpClient.start(lab.client(1), { target: by('1'), kind: 'sending' })
      const dying = await TcpClient.start(lab.client(1), { target: by('2'), kind: 'receiving' })

      const fault = await lab.fault({ wan: 2, kind: 'upstream-silent' })
      const broken = await dying.waitForBreak({ afterMs: fault.beforeMs, deadlineMs: 20_000 })
      assert.equal(broken.detail, 'ECONNRESET')
      await dying.waitForData({ afterMs: broken.atMs, deadlineMs: 5_000 })
      const during = await waysOf(lab.client(1), [lab.plan.clients[0].address])
      assert.deepEqual(new Set(during.values()), new Set(['1']))

      const repair = await lab.repair(2)
      await mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'up', {
        deadlineMs: 20_000,
        what: 'the secondary to be up',
      })
      await lab
        .client(2)
        .ip(Array.from({ length: 40 }, (_, i) => `address add 192.168.0.${i + 30}/24 dev eth0`))
      let next = 30
      await waitFor(
        async () => {
          const source = `192.168.0.${next++}`
          return share(await waysOf(lab.client(2), [source], targets.slice(0, 2)), '2') > 0
        },
        { deadlineMs: 20_000, what: 'the secondary to carry new connections again' },
      )
      assert.deepEqual(staying.breaksAfter(fault.beforeMs), [])
      assert.deepEqual(dying.breaksAfter(repair.beforeMs), [], 'what moved stays, too')
      await Promise.all([staying.stop(), dying.stop()])
    })
  })
}
