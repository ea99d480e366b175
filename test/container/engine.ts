/**
 * A real Docker engine, in the network namespace of this process and a mount namespace of its own,
 * from a Debian tree that is newer than the machine. It must never be started with a network where
 * others are: what starts one in the machine's own network says so by `offline`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from '../wait-for.ts'

const execute = promisify(execFile)
const commandMs = 60_000
const startMs = 60_000
const stopMs = 30_000
const mostLines = 40
const outputBytes = 16 * 1024 * 1024

export interface EngineOptions {
  /** The Debian tree that holds dockerd; it is only read. */
  readonly tree: string
  /** Everything that the engine writes; `/mnt` for the engine. */
  readonly folder: string
  /** Only read; `/srv` for the engine. */
  readonly sources?: string
  /** No bridge, no rule, no forwarding: the engine leaves the network that it is in alone. */
  readonly offline?: boolean
  /** More words for dockerd. */
  readonly flags?: readonly string[]
}

export class Engine {
  readonly #options: EngineOptions
  /** Holds the mount namespace: containers' file systems live there while dockerd restarts. */
  readonly #room: ChildProcess
  readonly #cgroup: string
  #daemon: ChildProcess | null = null

  private constructor(options: EngineOptions, room: ChildProcess, cgroup: string) {
    this.#options = options
    this.#room = room
    this.#cgroup = cgroup
  }

  /** Answers when this resolves. */
  static async start(options: EngineOptions): Promise<Engine> {
    const cgroup = `wan-failover-${randomUUID()}`
    const { tree, folder, sources = tree } = options
    const room = spawn(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-e', '-c', roomScript, 'sh'].concat([
        ...[tree, folder, sources, cgroup],
      ]),
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const ended = once(room, 'exit').then(() => {
      throw new Error('the mount namespace for an engine could not be made')
    })
    await Promise.race([once(room.stdout as NodeJS.ReadableStream, 'data'), ended])
    ended.catch(() => undefined)
    const engine = new Engine(options, room, cgroup)
    try {
      await engine.#startDaemon()
    } catch (error) {
      await engine.close()
      throw error
    }
    return engine
  }

  /** The `docker` command with these words; resolves with what it printed. */
  async docker(...words: readonly string[]): Promise<string> {
    return this.dockerWithin(commandMs, words)
  }

  async dockerWithin(timeout: number, words: readonly string[]): Promise<string> {
    const [file = '', ...args] = this.command(words)
    try {
      const { stdout } = await execute(file, args, {
        timeout,
        maxBuffer: outputBytes,
        env: environment,
      })
      return stdout.trimEnd()
    } catch (error) {
      const { stdout = '', stderr = '', code } = error as Partial<Record<string, string>>
      const said = `${stdout}${stderr}`.split('\n').slice(-mostLines).join('\n').trim()
      throw new Error(`docker ${words.join(' ')}: ended with ${code}: ${said}`)
    }
  }

  /** How a child process is started that is the `docker` command. */
  command(words: readonly string[]): readonly string[] {
    const client = ['docker', '--host', `unix://${socket}`, '--config', '/tmp/docker-client']
    return [...this.#entrance(), ...client, ...words]
  }

  /** dockerd ends and starts again; with `--live-restore` the containers go on meanwhile. */
  async restart(): Promise<void> {
    await this.#stopDaemon()
    await this.#startDaemon()
  }

  /** Ends dockerd and all containers. What it wrote stays in the folder. Twice is no error. */
  async close(): Promise<void> {
    try {
      await this.#removeContainers()
      await this.#stopDaemon()
    } finally {
      this.#daemon?.kill('SIGKILL')
      await this.#leaveRoom()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #startDaemon(): Promise<void> {
    const log = openSync(join(this.#options.folder, 'engine.log'), 'a')
    const words = [
      ...['dockerd', '--host', `unix://${socket}`, '--data-root', '/mnt/docker'],
      ...['--exec-root', '/run/docker', '--pidfile', '/run/docker.pid'],
      ...['--cgroup-parent', `/${this.#cgroup}`],
      ...(this.#options.offline === true ? offlineFlags : []),
      ...(this.#options.flags ?? []),
    ]
    const [file = '', ...args] = [...this.#entrance(), ...words]
    const daemon = spawn(file, args, { stdio: ['ignore', log, log], env: environment })
    this.#daemon = daemon
    try {
      const what = 'dockerd to answer'
      const seen = await waitFor(() => this.#answers(daemon), { deadlineMs: startMs, what })
      if (seen === 'ended') throw new Error('dockerd ended at once')
    } catch (error) {
      const text = await readFile(join(this.#options.folder, 'engine.log'), 'utf8')
      const last = text.split('\n').slice(-20).join('\n')
      throw new Error(`starting dockerd; its log ends:\n${last}`, { cause: error })
    }
  }

  /** A dockerd that has ended will never answer, so there is no use in waiting for it. */
  async #answers(daemon: ChildProcess): Promise<'ended' | 'answers'> {
    if (daemon.exitCode !== null) return 'ended'
    await this.docker('version')
    return 'answers'
  }

  async #stopDaemon(): Promise<void> {
    const daemon = this.#daemon
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return
    const ended = once(daemon, 'exit')
    daemon.kill('SIGTERM')
    const killer = setTimeout(() => daemon.kill('SIGKILL'), stopMs)
    await ended
    clearTimeout(killer)
  }

  async #removeContainers(): Promise<void> {
    if (this.#daemon === null || this.#daemon.exitCode !== null) return
    const ids = (await this.docker('ps', '--all', '--quiet')).split('\n').filter(Boolean)
    if (ids.length > 0) await this.docker('rm', '--force', ...ids)
  }

  async #leaveRoom(): Promise<void> {
    if (this.#room.exitCode !== null || this.#room.signalCode !== null) return
    const ended = once(this.#room, 'exit')
    this.#room.stdin?.end()
    await ended
  }

  #entrance(): readonly string[] {
    return ['nsenter', '--mount', '--target', String(this.#room.pid), '--']
  }
}

const socket = '/run/docker.sock'

/** Nothing of the machine's: its folder for temporary files, say, isn't there. */
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' }

const offlineFlags = [
  '--bridge=none',
  '--iptables=false',
  '--ip6tables=false',
  '--ip-forward=false',
  '--ip-masq=false',
]

/**
 * `$1` tree, `$2` folder, `$3` sources, `$4` cgroup. Goes on until its standard input ends, and
 * then takes its cgroups away. The second version of cgroups is there on every kernel, whatever the
 * machine itself uses.
 */
const roomScript = `
mount --bind "$1" "$1"
mount --bind "$2" "$1/mnt"
mount --bind "$3" "$1/srv"
mount -o remount,bind,ro "$1/srv"
mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
cd "$1"
mount -o remount,bind,ro .
for kernel in proc sys dev; do mount --rbind "/$kernel" "$kernel"; done
mount -t cgroup2 cgroup2 sys/fs/cgroup
for scratch in run tmp; do mount -t tmpfs tmpfs "$scratch"; done
pivot_root . media
cd /
umount -l media
mount --make-rshared /
mkdir "sys/fs/cgroup/$4"
echo ready
cat
find "sys/fs/cgroup/$4" -depth -type d -exec rmdir {} +
`
