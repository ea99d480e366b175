import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { ShortConnections } from '../../lab/measure/short-connections.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { Topology } from '../../lab/network/plan.ts'
import { ports } from '../../lab/network/plan.ts'

const within = { deadlineMs: 30_000 } as const

/** A server at a machine of the lab that does so with each connection. */
export async function serve(
  node: LabNode,
  port: number,
  each: string,
): Promise<{ [Symbol.dispose](): void }> {
  const script = `require('node:net').createServer((socket) => {
    socket.on('error', () => undefined)
    ${each}
  }).listen(${port}, () => console.log('ready'))`
  const server = node.spawn(process.execPath, ['--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(server.stdout as NodeJS.ReadableStream, 'data')
  return { [Symbol.dispose]: () => server.kill() }
}

export function testRouterIn(topology: Topology): void {
  test(`connections of the host to its router outlive the failover, ${topology}`, async () => {
    await using house = await House.open({ topology })
    const { lab } = house
    using _server = await serve(lab.gateway(1), ports.tcpEcho, 'socket.pipe(socket)')
    const hammer = await ShortConnections.start(lab.host, { target: lab.wan(1).gateway })
    const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    // So long are the flows of a WAN that was left reset.
    const endMs = fault.event.seenMs + 8_000
    await hammer.waitForAnswer({ afterMs: endMs, deadlineMs: 15_000 })
    const begun = hammer.begunBetween(fault.beforeMs, endMs)
    assert.ok(begun.length > 100, `${begun.length} only`)
    const failed = begun.filter(({ end }) => end !== null && end.error !== null)
    assert.deepEqual(failed, [])
    await hammer.stop()
  })
}
