/** A tunnel on two lines at once, to a real server behind NATs: what one line loses, the other brings. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { DaemonFolder } from '../../lab/house/daemon-process.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { ServerLab, serverAddress, strangerAddress } from '../../server/lab/server-lab.ts'
import { TestServer } from '../../server/lab/test-server.ts'
import { waitFor } from '../../wait-for.ts'

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

describe('a tunnel on two lines at once', { skip }, () => {
  test('either line falls silent, and 0 of 1,000 packets are lost', async (t) => {
    await using lab = await ServerLab.open()
    await using house = await BothHouse.open(lab)
    for (const line of [1, 2]) {
      const [pings] = await Promise.all([
        house.ping(1_000),
        waitFor(() => lab.silence(`home-${line}`, true).then(() => true), { what: 'the silence' }),
      ])
      t.diagnostic(`line ${line}: longest gap ${Math.round(pings.longestGapMs)} ms`)
      assert.deepEqual([pings.lost, pings.duplicates], [0, 0], `line ${line}\n${house.said}`)
      await lab.silence(`home-${line}`, false)
      await house.waitUntilBoth()
    }
  })

  test('30 % loss on both lines becomes their product', async (t) => {
    await using lab = await ServerLab.open()
    await using house = await BothHouse.open(lab)
    for (const line of [1, 2]) {
      await lab.internet.nft(`table ip loss-${line} {
        chain c {
          type filter hook prerouting priority -300
          iifname "home-${line}" numgen random mod 100 < 30 drop
        }
      }`)
    }
    const { lost } = await house.ping(1_000)
    t.diagnostic(`lost ${lost / 10} %`)
    assert.ok(lost <= 130, `${lost} of 1,000`)
  })

  test('leaves nothing behind when it is stopped', async () => {
    await using lab = await ServerLab.open()
    const house = await BothHouse.open(lab)
    const seen = () => house.node.script('nft list tables; ip -o link; ip rule')
    assert.match(await seen(), /wan_failover_tunnels/)
    await house.stop()
    assert.doesNotMatch(await seen(), /wan_failover|wf-|proto 201/)
    house.folder.remove()
  })
})

class BothHouse {
  readonly node: LabNode
  readonly folder = new DaemonFolder()
  said = ''
  readonly #server: TestServer
  #stop: () => Promise<void> = async () => {}

  private constructor(node: LabNode, server: TestServer) {
    this.node = node
    this.#server = server
  }

  static async open(lab: ServerLab): Promise<BothHouse> {
    const server = await TestServer.setUp(lab.server, serverAddress)
    const invitation = await server.invite('add', 'home', '--address', '203.0.113.80')
    await server.start()
    const house = new BothHouse(lab.house('home'), server)
    house.#start(invitation)
    await server
      .waitForLine(/home receives by .* each packet goes to both/, 60_000)
      .catch((error) => {
        throw new Error(house.said, { cause: error })
      })
    return house
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
  async ping(count: number) {
    const words = ['-n', '-D', '-i', '0.005', '-c', String(count), '-W', '2', '-I', '203.0.113.80']
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

  #start(invitation: string): void {
    this.folder.write({
      wans: [1, 2].map((line) => ({
        name: ['primary', 'secondary'][line - 1],
        gateway: `10.${line}.0.1`,
        interface: `wan${line}`,
      })),
      tunnels: [{ name: 'home_ip', invitation, mode: 'both' }],
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
    this.#stop = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
    }
  }
}
