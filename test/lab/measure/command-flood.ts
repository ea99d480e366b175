/** Whoever has the broker's password may send as many commands as it likes: 2,000 a second. */
import { readFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'

/** Valid commands, each another than the one before, that leave the traffic where it is. */
export class CommandFlood {
  readonly #client: Awaited<ReturnType<typeof connectAsync>>
  readonly #timer: NodeJS.Timeout
  sent = 0

  private constructor(client: Awaited<ReturnType<typeof connectAsync>>) {
    this.#client = client
    this.#timer = setInterval(() => this.#send(100), 50)
  }

  static async begin(port: number): Promise<CommandFlood> {
    return new CommandFlood(await connectAsync({ host: '127.0.0.1', port, clientId: 'flood' }))
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

/** What a process has in memory, as the kernel counts it. */
export function residentKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1])
}
