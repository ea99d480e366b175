/** The lab with somebody else's failover on its host, and the rules and routes that it needs. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lab } from '../../lab.ts'
import { pathMs } from '../bench-settings.ts'
import { failoverPriority } from '../instruments/default-table.ts'
import { lsmTarget } from './lsm.ts'
import { type Peer, primaryMark } from './peer.ts'

const startDeadlineMs = 15_000
const endMs = 3_000

export class PeerHouse implements AsyncDisposable {
  readonly lab: Lab
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(lab: Lab, folder: string, child: ChildProcess) {
    this.lab = lab
    this.#folder = folder
    this.#process = child
  }

  /** The peer watches, and clients go through the first line. Throws where it isn't installed. */
  static async open(peer: Peer): Promise<PeerHouse> {
    assertInstalled(peer)
    const lab = await Lab.create({ topology: 'one-subnet', pathMs })
    const folder = mkdtempSync(join(tmpdir(), 'wan-failover-peer-'))
    await prepare(lab, peer.firstTable)
    const [command = '', ...args] = peer.command(lab, folder)
    const child = lab.host.spawn(command, args, { stdio: 'ignore' })
    const house = new PeerHouse(lab, folder, child)
    try {
      const stream = await lab.client(1).startStream({ everyMs: 50 })
      await stream.waitForWan(1, { afterMs: 0, deadlineMs: startDeadlineMs })
      await stream.stop()
      if (child.exitCode !== null) throw new Error(`${peer.name} ended with ${child.exitCode}`)
    } catch (error) {
      await house[Symbol.asyncDispose]()
      throw error
    }
    return house
  }

  /** The next setting of this process must find the host as this one did: the rules go too. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { host } = this.lab
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      // keepalived's children end with it only where it may end by itself.
      const ended = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      const killer = setTimeout(() => this.#process.kill('SIGKILL'), endMs)
      await ended
      clearTimeout(killer)
    }
    await this.lab.close()
    await host.ip([
      'rule flush',
      'rule add priority 32766 lookup main',
      'rule add priority 32767 lookup default',
    ])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function assertInstalled({ needs }: Peer): void {
  if (needs === null) return
  const { command, debianPackage } = needs
  const found = spawnSync('sh', ['-c', `command -v ${command}`])
  if (found.status !== 0) {
    throw new Error(`${command} is not installed: apt install ${debianPackage}`)
  }
}

async function prepare({ host, plan }: Lab, firstTable: string): Promise<void> {
  const [first, second] = plan.wans
  // Without this the host's redirects send the clients to the dead gateway for minutes, and no
  // flip reaches them: nobody but the daemon would have a figure at all.
  for (const scope of ['all', plan.lan.interface]) {
    writeFileSync(`/proc/sys/net/ipv4/conf/${scope}/send_redirects`, '0')
  }
  await host.ip([
    `route add default via ${first.gateway} table 100`,
    `route add default via ${second.gateway} table 101`,
    `rule add priority 9900 fwmark ${primaryMark} lookup 100`,
    `rule add priority 9901 to ${lsmTarget} lookup 100`,
    'rule add priority 10000 lookup main suppress_prefixlength 0',
    `rule add priority ${failoverPriority} lookup ${firstTable}`,
  ])
}
