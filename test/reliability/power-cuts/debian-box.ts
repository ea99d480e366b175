/**
 * The lab's host as a Debian that boots, on a disk of its own. It shares the machine's kernel, so a
 * power cut takes what a kernel would lose with it: the processes, our part of the network, and what
 * was not on the disk.
 */
import '../../lab/enter-namespace.ts'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HarshDisk } from '../../lab/disk/harsh-disk.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { Lab } from '../../lab/lab.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { InstalledService } from '../../systemd/installed-service.ts'
import { Machine } from '../../systemd/machine.ts'
import type { Box } from './box.ts'

/** What is written after the installation fits in it, and is copied in a moment. */
const sizeMb = 64

interface Parts {
  readonly lab: Lab
  readonly stream: EchoStream
  /** The installed program, below what is written afterwards. */
  readonly installed: string
  readonly disk: HarshDisk
  readonly machine: Machine
  readonly untouched: string
}

export class DebianBox implements Box {
  readonly slowness = 1
  readonly #parts: Parts
  #disk: HarshDisk
  #machine: Machine

  private constructor(parts: Parts) {
    this.#parts = parts
    this.#disk = parts.disk
    this.#machine = parts.machine
  }

  static async open(): Promise<DebianBox> {
    const lab = await Lab.create({ topology: 'one-subnet' })
    const untouched = await dumpHost(lab.host)
    const installed = mkdtempSync(join(tmpdir(), 'wan-failover-installed-'))
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', installed])
    const fresh = await Machine.boot({ disk: installed })
    await new InstalledService({
      run: (command, ...args) => fresh.run(command, ...args),
      writeFile: (file, text) => fresh.writeFile(file, text),
      slowness: 1,
    }).install()
    await fresh.run('systemctl', 'stop', 'wan-failover')
    await fresh.close()
    const disk = await HarshDisk.make({ sizeMb })
    const machine = await Machine.boot({ disk: disk.path, over: installed })
    // Before the daemon is there again the kernel sends redirects, which a client heeds for minutes.
    await lab.client(1).script('echo 0 >/proc/sys/net/ipv4/conf/all/accept_redirects')
    await lab.client(1).script('echo 0 >/proc/sys/net/ipv4/conf/eth0/accept_redirects')
    const stream = await lab.client(1).startStream({ newFlows: true })
    return new DebianBox({ lab, stream, installed, disk, machine, untouched })
  }

  run(command: string, ...args: readonly string[]): Promise<string> {
    return this.#machine.run(command, ...args)
  }

  writeFile(file: string, text: string): Promise<void> {
    return this.#machine.writeFile(file, text)
  }

  dump(): Promise<string> {
    return dumpHost(this.#parts.lab.host)
  }

  async silence(wan: WanNumber): Promise<void> {
    await this.#parts.lab.fault({ wan, kind: 'upstream-silent' })
  }

  async cutPower(): Promise<void> {
    await this.#machine.freeze()
    const left = await this.#disk.cutPower()
    await this.#machine.close()
    await this.#disk[Symbol.asyncDispose]()
    this.#disk = left
    for (const wan of [1, 2] as const) await this.#parts.lab.repair(wan)
    await this.#forgetNetwork()
  }

  async waitUntilUp(): Promise<void> {
    this.#machine = await Machine.boot({ disk: this.#disk.path, over: this.#parts.installed })
  }

  async carriesBy(wan: WanNumber): Promise<boolean> {
    const wait = { afterMs: monotonicMs(), deadlineMs: 10_000 }
    return await this.#parts.stream.waitForWan(wan, wait).then(
      () => true,
      () => false,
    )
  }

  async whoMisses(): Promise<readonly string[]> {
    const { lab } = this.#parts
    const nodes = [lab.client(1), lab.client(2), lab.gateway(1), lab.gateway(2)]
    const missing = await Promise.all(
      nodes.map((node) =>
        node.run('ping', '-n', '-c', '1', '-W', '5', lab.plan.lan.hostAddress).then(
          () => [],
          () => [node.name],
        ),
      ),
    )
    return missing.flat()
  }

  async close(): Promise<void> {
    const { lab, stream, installed } = this.#parts
    await this.#machine.close()
    await this.#disk[Symbol.asyncDispose]()
    await stream.stop()
    await lab.close()
    execFileSync('umount', ['--lazy', installed])
    rmdirSync(installed)
  }

  /** As a kernel that starts; links, addresses and what DHCP gives are the lab's. */
  async #forgetNetwork(): Promise<void> {
    const { lab, untouched } = this.#parts
    await lab.host.script(`
      for family in -4 -6; do
        ip "$family" rule flush protocol 201
        ip "$family" route flush table all protocol 201
      done
      nft flush ruleset
      conntrack -F 2>/dev/null`)
    const now = await this.dump()
    if (now !== untouched) throw new Error(`the network isn't as at a start:\n${now}`)
  }
}
