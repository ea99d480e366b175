/** A house with a tunnel on two lines at once, to a real server behind NATs; see `ServerLab`. */
import { fileURLToPath } from 'node:url'
import { type ServerLab, serverAddress, strangerAddress } from '../../server/lab/server-lab.ts'
import { TestServer } from '../../server/lab/test-server.ts'
import { waitFor } from '../../wait-for.ts'
import type { LabNode } from '../network/node.ts'
import { DaemonFolder } from './daemon-process.ts'

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

interface BothHouseOptions {
  /** Merged over the second line's. */
  readonly second?: Readonly<Record<string, unknown>>
  /** Merged over the tunnel's. */
  readonly tunnel?: Readonly<Record<string, unknown>>
}

export class BothHouse {
  readonly node: LabNode
  readonly folder = new DaemonFolder()
  said = ''
  readonly #server: TestServer
  #stop: () => Promise<void> = async () => {}
  #kill: () => Promise<void> = async () => {}

  private constructor(node: LabNode, server: TestServer) {
    this.node = node
    this.#server = server
  }

  static async open(lab: ServerLab, options: BothHouseOptions = {}): Promise<BothHouse> {
    const server = await TestServer.setUp(lab.server, serverAddress)
    const invitation = await server.invite('add', 'home', '--address', '203.0.113.80')
    await server.start()
    const house = new BothHouse(lab.house('home'), server)
    house.#start(invitation, options)
    await house.#waitUntilReady(options.tunnel?.['mode'] ?? 'both').catch((error) => {
      throw new Error(house.said, { cause: error })
    })
    return house
  }

  /** The daemon is killed: the tunnel goes on as it stands. */
  kill(): Promise<void> {
    return this.#kill()
  }

  /** The server has proof of both again. */
  async waitUntilBoth(): Promise<void> {
    const shown = () => this.#server.command('status')
    await waitFor(async () => /each packet goes to both/.test(await shown()), {
      deadlineMs: 30_000,
      what: 'the server to send to both',
    })
  }

  /** Echoes of somebody on the Internet, from the house's address, 5 ms apart. */
  async ping(count: number, { bytes = 56 } = {}) {
    const packets = ['-s', String(bytes), '-i', '0.005', '-c', String(count)]
    const words = ['-n', '-D', ...packets, '-W', '2', '-I', '203.0.113.80']
    const text = await this.node.run('ping', ...words, strangerAddress).catch(String)
    const received = [...text.matchAll(/\[([\d.]+)\] \d+ bytes from .* icmp_seq=(\d+) ttl/g)]
    const times = received.map(([, time]) => Number(time) * 1000)
    const gaps = times.slice(1).map((time, nth) => time - (times[nth] ?? time))
    const distinct = new Set(received.map(([, , sequence]) => sequence)).size
    return {
      lost: count - distinct,
      duplicates: received.length - distinct,
      longestGapMs: Math.max(0, ...gaps),
    }
  }

  stop(): Promise<void> {
    return this.#stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    this.folder.remove()
  }

  #waitUntilReady(mode: unknown): Promise<unknown> {
    if (mode === 'both') {
      return this.#server.waitForLine(/home receives by .* each packet goes to both/, 60_000)
    }
    const isUp = () => /failover from \w+ to home_ip|home_ip is up/.test(this.said)
    return waitFor(isUp, { deadlineMs: 60_000, what: 'the tunnel is up' })
  }

  #start(invitation: string, { second = {}, tunnel = {} }: BothHouseOptions): void {
    this.folder.write({
      wans: [1, 2].map((line) => ({
        name: ['primary', 'secondary'][line - 1],
        gateway: `10.${line}.0.1`,
        interface: `wan${line}`,
        ...(line === 2 ? second : {}),
      })),
      tunnels: [{ name: 'home_ip', invitation, mode: 'both', ...tunnel }],
      default_policy: { use: ['home_ip'] },
      probe: { targets: [strangerAddress, '203.0.113.1'], methods: ['icmp'] },
      failback: { delay: 2 },
    })
    const args = [main, 'run', '--options', this.folder.optionsPath, '--data', this.folder.path]
    const child = this.node.spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said += text
      })
    }
    const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((done) => child.once('exit', done))
      child.kill(signal)
      await ended
    }
    this.#stop = () => end('SIGTERM')
    this.#kill = () => end('SIGKILL')
  }
}
