import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WanBoard } from '../../src/turn/wan-board.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'

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
  const links = [{ name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8::3/64'] }]
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
