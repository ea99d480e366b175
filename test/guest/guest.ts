/**
 * A machine with Debian's stock kernel, in QEMU. It has no network card unless it is given one;
 * commands reach it by its agent, through a socket in a folder of its own. It sees the checkout at
 * /usr/src/wan-failover and can't write to it. What it writes to its disk outlives cutPower() and goes
 * with close().
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkout } from '../systemd/debian.ts'
import type { Ended } from '../systemd/machine.ts'
import { waitFor } from '../wait-for.ts'
import { disk, guestTree, runFolder, starter } from './image.ts'
import { JsonChannel } from './json-channel.ts'

export const sources = '/usr/src/wan-failover'
const node = `${sources}/node_modules/.bin/node`
const answerMs = 15_000
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** npm has the cache that prepare.ts filled, and no Internet. */
const offlineNpm = ['npm_config_cache=/var/cache/npm', 'npm_config_offline=true']
/** Without hardware for it, each step of the guest takes this many times as long. */
const emulatedTimes = 12

interface Status {
  readonly exited: boolean
  readonly exitcode?: number
  readonly signal?: number
  readonly 'out-data'?: string
  readonly 'err-data'?: string
}

export interface GuestOptions {
  readonly memoryMb?: number
  /** A network card; its other end is a tap of that name in the network that this process is in. */
  readonly cable?: Cable
}

export interface Cable {
  readonly name: string
  readonly mac: string
}

export class Guest {
  readonly #machine: ChildProcess
  readonly #folder: string
  /** QEMU's own errors. */
  readonly #said: string[] = []
  #agent: JsonChannel | null = null

  private constructor(machine: ChildProcess, folder: string) {
    this.#machine = machine
    this.#folder = folder
    machine.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.#said.push(chunk))
  }

  /** systemd has started what it starts when this resolves. */
  static async boot(options: GuestOptions = {}): Promise<Guest> {
    const folder = mkdtempSync(join(runFolder, 'guest-'))
    const overlay = join(folder, 'disk.qcow2')
    const made = ['create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'raw', overlay]
    await promisify(execFile)('qemu-img', made)
    const words = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machineWords(folder, options)]
    const machine = spawn('setpriv', words, { stdio: ['ignore', 'ignore', 'pipe'] })
    const guest = new Guest(machine, folder)
    try {
      await guest.waitUntilUp()
    } catch (error) {
      await guest.close()
      throw error
    }
    return guest
  }

  /** As if somebody pulled the plug and put it in again: what wasn't on the disk is lost. */
  async cutPower(): Promise<void> {
    const monitor = await JsonChannel.connect(join(this.#folder, 'monitor'))
    await monitor.ask('qmp_capabilities', {}, answerMs)
    await monitor.ask('system_reset', {}, answerMs)
    monitor.close()
    this.#agent?.close()
    this.#agent = null
  }

  async waitUntilUp(): Promise<void> {
    const what = 'systemd to say that it runs'
    const state = await waitFor(() => this.#state(), {
      deadlineMs: allowed(90_000),
      what,
      everyMs: 100,
    }).catch((error: unknown) => {
      throw new Error(`booting the guest; its console:\n${this.console}`, { cause: error })
    })
    if (state === 'ended') throw new Error(`QEMU has ended: ${this.console}`)
    if (state !== 'running') {
      const failed = await this.run('systemctl', '--no-pager', '--failed')
      throw new Error(`the guest is ${state}: ${failed}`)
    }
  }

  /** What the kernel and systemd have written to the serial line since it was switched on. */
  get console(): string {
    const file = join(this.#folder, 'console')
    return `${this.#said.join('')}${existsSync(file) ? readFileSync(file, 'utf8') : ''}`
  }

  /** Resolves with what it printed; rejects where it ends with another code than 0. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const { code, text } = await this.try(command, ...args)
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${text}`)
    return text.trimEnd()
  }

  /** The lines of a shell script, which ends at the first that fails. */
  script(lines: string, ...args: readonly string[]): Promise<string> {
    return this.run('sh', '-e', '-c', lines, 'sh', ...args)
  }

  /** Test files of the checkout, by their paths in it, as in CI: a missing tool is a failure. */
  testFiles(...files: readonly string[]): Promise<Ended> {
    const words = ['CI=true', node, '--test', '--test-concurrency=2', ...files]
    return this.try('env', `--chdir=${sources}`, ...words)
  }

  /** A command that has not ended after `withinMs` is an error. */
  async try(command: string, ...args: readonly string[]): Promise<Ended> {
    const environment = ['-i', `PATH=${path}`, 'HOME=/root', 'LANG=C.UTF-8', ...offlineNpm]
    const words = { path: '/usr/bin/env', arg: [...environment, command, ...args] }
    const asked = { ...words, 'capture-output': true }
    const { pid } = (await this.#ask('guest-exec', asked)) as { pid: number }
    const ended = await waitFor(
      async () => {
        const now = await this.#ask('guest-exec-status', { pid }).catch(asError)
        return now instanceof Error || (now as Status).exited ? { now } : null
      },
      { deadlineMs: allowed(480_000), everyMs: allowed(20), what: `${command} to end` },
    )
    // Else whoever asks a machine that was switched off would wait to the end of the deadline.
    if (ended.now instanceof Error) throw ended.now
    const status = ended.now as Status
    const text = [status['out-data'], status['err-data']].map(decode).join('')
    return { code: status.exitcode ?? 128 + (status.signal ?? 0), text }
  }

  async writeFile(file: string, text: string): Promise<void> {
    await this.script('mkdir -p "$(dirname "$1")"; printf %s "$2" >"$1"', file, text)
  }

  /** Switches off, and forgets what it wrote. */
  async close(): Promise<void> {
    this.#agent?.close()
    if (!this.#hasEnded) {
      const ended = once(this.#machine, 'exit')
      this.#machine.kill('SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #hasEnded(): boolean {
    return this.#machine.exitCode !== null || this.#machine.signalCode !== null
  }

  /** null until its agent answers and systemd is through. */
  async #state(): Promise<string | null> {
    if (this.#hasEnded) return 'ended'
    try {
      this.#agent ??= await this.#greetAgent()
      const { text } = await this.try('systemctl', 'is-system-running')
      return /running|degraded/.test(text) ? text.trim() : null
    } catch {
      // It boots: its agent isn't there yet.
      this.#agent?.close()
      this.#agent = null
      return null
    }
  }

  /** An agent from before a reset may have left an answer in the channel: that is passed over. */
  async #greetAgent(): Promise<JsonChannel> {
    const agent = await JsonChannel.connect(join(this.#folder, 'agent'))
    const id = Math.floor(Math.random() * 1_000_000_000)
    for (;;) if ((await agent.ask('guest-sync', { id }, answerMs)) === id) return agent
  }

  async #ask(what: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#agent === null) throw new Error(`${what}: the guest isn't up`)
    return await this.#agent.ask(what, args, allowed(answerMs))
  }
}

/** How long something may take here that takes `ms` where the processor helps. */
export function allowed(ms: number): number {
  return ms * (hasKvm() ? 1 : emulatedTimes)
}

function machineWords(
  folder: string,
  { memoryMb = 2_048, cable }: GuestOptions,
): readonly string[] {
  return [
    ...(hasKvm() ? processor : emulatedProcessor),
    ...['-M', 'q35,sata=off,smbus=off,usb=off', '-m', String(memoryMb)],
    ...['-nodefaults', '-display', 'none', '-nic', nicOf(cable)],
    ...['-kernel', `${guestTree}/vmlinuz`, '-initrd', starter],
    ...['-append', `console=ttyS0 quiet${hasKvm() ? '' : ' mitigations=off no_timer_check'}`],
    // With `none` a write is on the disk when the guest has flushed it, and not before.
    ...['-drive', `file=${folder}/disk.qcow2,if=virtio,format=qcow2,cache=none`],
    ...['-fsdev', `local,id=checkout,path=${checkout},security_model=none,readonly=on`],
    ...['-device', 'virtio-9p-pci,fsdev=checkout,mount_tag=checkout'],
    ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
    ...['-chardev', `socket,id=agent,path=${folder}/agent,server=on,wait=off`],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
    ...['-serial', `file:${folder}/console`],
    ...['-qmp', `unix:${folder}/monitor,server=on,wait=off`],
  ]
}

function nicOf(cable: Cable | undefined): string {
  if (cable === undefined) return 'none'
  const { name, mac } = cable
  return `tap,ifname=${name},script=no,downscript=no,model=virtio-net-pci,mac=${mac}`
}

const processor = ['-accel', 'kvm', '-cpu', 'host', '-smp', '2']
// With two of them Node has died of a trap in one start of five, with one in none of seven.
const emulatedProcessor = ['-accel', 'tcg,thread=single', '-cpu', 'max,la57=off', '-smp', '1']

/** Some machines offer /dev/kvm without the processor's help: no other kernel than theirs boots there. */
function hasKvm(): boolean {
  if (!/^flags.* (vmx|svm) /m.test(readFileSync('/proc/cpuinfo', 'utf8'))) return false
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return true
  } catch {
    // Absent and forbidden are the same here.
    return false
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

function decode(data: string | undefined): string {
  return data === undefined ? '' : Buffer.from(data, 'base64').toString('utf8')
}
