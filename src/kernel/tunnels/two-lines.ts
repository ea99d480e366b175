/** Tunnels on two lines: keeps nft's copies and the hello as the wishes are. */
import type { Log } from '../../model/log.ts'
import type { TunnelWish } from '../../model/tunnel/tunnel-device.ts'
import { runTool } from '../tools/run-tool.ts'
import { copiesScript } from './copies-table.ts'
import { helloKeyOf } from './hello-key.ts'
import { HelloSender } from './hello-sender.ts'

interface Sending {
  /** What it was made for. */
  readonly key: string
  readonly sender: HelloSender
}

export class TwoLines {
  readonly #log: Log
  readonly #wishes = new Map<string, TunnelWish>()
  readonly #senders = new Map<string, Sending>()
  /** As nft took it last; null: nobody knows what stands there. */
  #script: string | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** Throws where nft can't copy. */
  async want(wish: TunnelWish, privateKey: string): Promise<void> {
    this.#wishes.set(wish.name, wish)
    await this.#setUp()
    this.#hello(wish, privateKey)
  }

  /** The hello ends, copies go on: the server gives up one of the addresses. */
  close(): void {
    for (const { sender } of this.#senders.values()) sender.close()
    this.#senders.clear()
  }

  /** Takes away all of it. */
  async end(): Promise<void> {
    this.close()
    this.#wishes.clear()
    await this.#setUp()
  }

  async #setUp(): Promise<void> {
    const script = copiesScript([...this.#wishes.values()])
    if (script === this.#script) return
    const done = await runTool('nft', ['-f', '-'], { input: script })
    if (done.kind !== 'done') {
      throw new Error(`packets can't be copied onto a second line: ${done.error}`)
    }
    this.#script = script
  }

  #hello({ name, both, endpoint, peerKey }: TunnelWish, privateKey: string): void {
    const key = both === null ? '' : JSON.stringify([both, endpoint, peerKey])
    const before = this.#senders.get(name)
    if (before?.key === key) return
    before?.sender.close()
    this.#senders.delete(name)
    if (both === null || endpoint === null) return
    const parts = { both, server: endpoint, key: helloKeyOf(privateKey, peerKey), log: this.#log }
    this.#senders.set(name, { key, sender: new HelloSender(parts) })
  }
}
