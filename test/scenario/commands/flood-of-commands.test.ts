/** Whoever has the broker's password may send as many commands as it likes. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connectAsync } from 'mqtt'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'

test('2,000 commands a second keep no client from the other line, and fill no log', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt, daemon } = house
  const stream = await lab.client(1).startStream({ newFlows: true })
  const flood = await Flood.begin(mqtt.port)
  await waitFor(() => flood.sent >= 6_000, { deadlineMs: 30_000, what: 'a flood of 3 s' })
  const before = { sent: flood.sent, atMs: monotonicMs() }
  const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 5_000 })
  const perSecond = (1_000 * (flood.sent - before.sent)) / (monotonicMs() - before.atMs)
  const kilobytes = residentKb(daemon.pid)
  await flood.end()
  await stream.stop()
  assert.ok(perSecond > 1_000, `only ${perSecond} commands a second`)
  assert.ok(kilobytes < 130_000, `${kilobytes} kB`)
  assert.ok(daemon.lines.filter((line) => line.includes('on request')).length <= 10)
  assert.ok(daemon.lines.length < 100, daemon.lines.join('\n'))
})

/** Valid commands, each another than the one before, that leave the traffic where it is. */
class Flood {
  readonly #client: Awaited<ReturnType<typeof connectAsync>>
  readonly #timer: NodeJS.Timeout
  sent = 0

  private constructor(client: Awaited<ReturnType<typeof connectAsync>>) {
    this.#client = client
    this.#timer = setInterval(() => this.#send(100), 50)
  }

  static async begin(port: number): Promise<Flood> {
    return new Flood(await connectAsync({ host: '127.0.0.1', port, clientId: 'flood' }))
  }

  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#client.endAsync(true)
  }

  #send(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#client.publish('wan_failover/mode/set', i % 2 === 0 ? 'automatic' : 'primary')
    }
    this.sent += count
  }
}

function residentKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1])
}
