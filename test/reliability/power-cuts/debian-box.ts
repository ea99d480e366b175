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
import { InstalledService } from '../../systemd/installed-service.ts'
import { Machine } from '../../systemd/machine.ts'
import type { Box } from './box.ts'
import { Neighbourhood } from './neighbourhood.ts'

/** What is written after the installation fits in it, and is copied in a moment. */
const sizeMb = 64

interface Parts {
  /** The installed program, below what is written afterwards. */
  readonly installed: string
  readonly disk: HarshDisk
  readonly machine: Machine
  readonly untouched: string
}

export class DebianBox implements Box {
  readonly slowness = 1
  readonly around: Neighbourhood
  readonly #parts: Parts
  #disk: HarshDisk
  #machine: Machine

  private constructor(around: Neighbourhood, parts: Parts) {
    this.around = around
    this.#parts = parts
    this.#disk = parts.disk
    this.#machine = parts.machine
  }

  static async open(): Promise<DebianBox> {
    const around = await Neighbourhood.open({ slowness: 1 })
    const untouched = await dumpHost(around.lab.host)
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
    return new DebianBox(around, { installed, disk, machine, untouched })
  }

  run(command: string, ...args: readonly string[]): Promise<string> {
    return this.#machine.run(command, ...args)
  }

  writeFile(file: string, text: string): Promise<void> {
    return this.#machine.writeFile(file, text)
  }

  dump(): Promise<string> {
    return dumpHost(this.around.lab.host)
  }

  async cutPower(): Promise<void> {
    await this.#machine.freeze()
    const left = await this.#disk.cutPower()
    await this.#machine.close()
    await this.#disk[Symbol.asyncDispose]()
    this.#disk = left
    await this.#forgetNetwork()
  }

  async waitUntilUp(): Promise<void> {
    this.#machine = await Machine.boot({ disk: this.#disk.path, over: this.#parts.installed })
  }

  async close(): Promise<void> {
    const { installed } = this.#parts
    await this.#machine.close()
    await this.#disk[Symbol.asyncDispose]()
    await this.around.close()
    execFileSync('umount', ['--lazy', installed])
    rmdirSync(installed)
  }

  /** As a kernel that starts; links, addresses and what DHCP gives are the lab's. */
  async #forgetNetwork(): Promise<void> {
    const { untouched } = this.#parts
    await this.around.lab.host.script(`
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
