import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostState, Route } from '../../src/model/host.ts'
import type { ProbeRequest } from '../../src/model/probe.ts'
import { WanBoard } from '../../src/turn/wan-board.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan, type WanChanges } from '../examples/example-settings.ts'

test('targets of its own are asked by their WAN alone, in place of the others', () => {
  const own = { ipv4: ['192.0.2.1', '192.0.2.2'], ipv6: [] }
  const gateway6 = 'fe80::1'
  const settings = exampleSettings({
    wans: [
      exampleWan(0, { targets: own, gateway6, interface: 'eth0' }),
      exampleWan(1, { gateway6: 'fe80::2', interface: 'eth0' }),
    ],
  })
  const board = new WanBoard(settings, 0)
  const links = [{ name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8::3/64', 'fe80::3/64'] }]
  board.locate(exampleHost(links, [exampleRoute('default via 192.168.0.1 dev eth0')]), 0)
  const asked = [new Set<string>(), new Set<string>()]
  for (let nowMs = 0; nowMs < 5_000; nowMs += 50) {
    board.judge(nowMs)
    for (const { wan, method, target } of board.dueProbes(nowMs)) {
      if (method !== 'neighbour') asked[wan]?.add(target)
    }
  }
  const { ipv4, ipv6 } = settings.probe.targets
  assert.deepEqual([...(asked[0] ?? [])].sort(), [...own.ipv4, ...ipv6].sort())
  assert.deepEqual([...(asked[1] ?? [])].sort(), [...ipv4, ...ipv6].sort())
})

test('one family of a WAN falls silent, goes down alone and comes back alone', () => {
  const { board, play } = houseOf({ gateway6: 'fe80::1' }, { gateway6: 'fe80::2' })
  play(0, 10_000, () => true)
  assert.deepEqual(statesOf(board, 10_000), ['up', 'up', 'up', 'up'])
  play(10_000, 20_000, ({ wan, family }) => wan !== 0 || family !== 'ipv6')
  assert.deepEqual(statesOf(board, 20_000), ['up', 'up', 'down', 'up'])
  play(20_000, 40_000, () => true)
  assert.deepEqual(statesOf(board, 40_000), ['up', 'up', 'up', 'up'])
  play(40_000, 50_000, ({ wan, family }) => wan !== 0 || family !== 'ipv4')
  assert.deepEqual(statesOf(board, 50_000), ['down', 'up', 'up', 'up'])
})

test('a house without IPv6 is asked nothing by IPv6, and has one health for both', () => {
  const { board, play } = houseOf({}, {})
  const asked = play(0, 20_000, () => true)
  assert.ok(asked.length > 0)
  assert.deepEqual([...new Set(asked.map(({ family }) => family))], ['ipv4'])
  const healths = board.healths(20_000)
  assert.equal(healths.ipv6, healths.ipv4)
})

test('IPv6 that is to be learned is waited for without a word, and counts once it was there', () => {
  const auto = { gateway6: 'auto', interface: 'eth0' }
  const { board, play } = houseOf(auto, { gateway6: 'fe80::2' })
  const asked = play(0, 10_000, () => true)
  assert.ok(!asked.some(({ wan, family }) => wan === 0 && family === 'ipv6'))
  assert.deepEqual(statesOf(board, 10_000), ['up', 'up', 'unknown', 'up'])
  board.locate(host([exampleRoute('default -6 via fe80::9 dev eth0')]), 10_000)
  play(10_000, 20_000, () => true)
  assert.deepEqual(statesOf(board, 20_000), ['up', 'up', 'up', 'up'])
  const gone = host([], { addresses: ['192.168.0.3/24'] })
  board.locate(gone, 20_000)
  assert.deepEqual(statesOf(board, 20_000), ['up', 'up', 'down', 'down'])
})

const eth0 = { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8::3/64', 'fe80::3/64'] }

function host(routes: readonly Route[] = [], link: Partial<typeof eth0> = {}): HostState {
  const ipv4 = exampleRoute('default via 192.168.0.1 dev eth0')
  return exampleHost([{ ...eth0, ...link }], [ipv4, ...routes])
}

/** WANs on one link; `play` answers what is asked of those that are to speak. */
function houseOf(...wans: readonly WanChanges[]) {
  const board = new WanBoard(exampleSettings({ wans: wans.map((wan, i) => exampleWan(i, wan)) }), 0)
  board.locate(host(), 0)
  const play = (fromMs: number, toMs: number, speaks: (request: ProbeRequest) => boolean) => {
    const asked: ProbeRequest[] = []
    for (let nowMs = fromMs; nowMs < toMs; nowMs += 20) {
      board.judge(nowMs)
      const requests = board.dueProbes(nowMs)
      asked.push(...requests)
      for (const request of requests.filter(speaks)) {
        const { id, wan } = request
        board.take({ id, wan, outcome: { kind: 'answered', rttMs: 10 } }, nowMs + 10)
      }
    }
    return asked
  }
  return { board, play }
}

/** IPv4 of each WAN, then IPv6. */
function statesOf(board: WanBoard, nowMs: number): string[] {
  const { ipv4, ipv6 } = board.healths(nowMs)
  return [...ipv4.values(), ...ipv6.values()].map(({ state }) => state)
}
