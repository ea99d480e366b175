/**
 * The add-on, started as the Supervisor starts it: on the host's network with two capabilities and
 * no more, `/proc/sys` read-only, tini in front, the Supervisor's resolver and its names. Nobody
 * answers at the Supervisor's address unless a test sees to it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type WaitOptions, waitFor } from '../wait-for.ts'
import type { Engine } from './engine.ts'
import { readManifest, workshop } from './workshop.ts'

export type Health = 'starting' | 'healthy' | 'unhealthy'

export interface ContainerState {
  readonly running: boolean
  readonly exitCode: number
  readonly health: Health
  /** Of tini; the daemon is its child. */
  readonly pid: number
}

export class AddonContainer {
  readonly #engine: Engine
  readonly #name: string

  private constructor(engine: Engine, name: string) {
    this.#engine = engine
    this.#name = name
  }

  /**
   * Created, not started. `folder` is what the engine sees as `/mnt`; the user's options are merged
   * into those of config.yaml as the Supervisor does it: lists replace, the rest is filled in.
   */
  static async create(
    engine: Engine,
    { folder, options }: { folder: string; options: Readonly<Record<string, unknown>> },
  ): Promise<AddonContainer> {
    const manifest = readManifest()
    for (const name of ['data', 'ssl']) mkdirSync(join(folder, name))
    const merged = JSON.stringify(merge(manifest.options, options), null, 2)
    writeFileSync(join(folder, 'data', 'options.json'), merged, { mode: 0o600 })
    const name = `addon_local_${manifest.slug}`
    const privileges = manifest.privileged.flatMap((capability) => ['--cap-add', capability])
    await engine.docker('create', '--name', name, ...privileges, ...asSupervisor, workshop.image)
    return new AddonContainer(engine, name)
  }

  async start(): Promise<void> {
    await this.#engine.docker('start', this.#name)
  }

  /** TERM, and KILL after so many seconds. */
  async stop(seconds: number): Promise<void> {
    await this.#engine.docker('stop', '--timeout', String(seconds), this.#name)
  }

  /** Nothing in it learns of its end. */
  async kill(): Promise<void> {
    await this.#engine.docker('kill', '--signal', 'KILL', this.#name)
  }

  async state(): Promise<ContainerState> {
    const format = '{{.State.Running}} {{.State.ExitCode}} {{.State.Health.Status}} {{.State.Pid}}'
    const answer = await this.#inspect(format)
    const [running, exitCode, health, pid] = answer.split(' ')
    return {
      running: running === 'true',
      exitCode: Number(exitCode),
      health: health as Health,
      pid: Number(pid),
    }
  }

  async waitForHealth(health: Health, wait: Pick<WaitOptions, 'deadlineMs'>): Promise<void> {
    const what = `the container to be ${health}`
    const isSo = async () => (await this.state()).health === health
    try {
      await waitFor(isSo, { ...wait, what, everyMs: 100 })
    } catch (error) {
      throw new Error(`its checks said: ${await this.#inspect('{{json .State.Health}}')}`, {
        cause: error,
      })
    }
  }

  /** When the last health check ended; another one, another text. */
  lastHealthCheck(): Promise<string> {
    return this.#inspect('{{range .State.Health.Log}}{{.End}} {{end}}')
  }

  /** As this process names it, tini and shells aside. */
  async daemonPid(): Promise<number> {
    const table = await this.#engine.docker('top', this.#name, '-o', 'pid,args')
    const line = table.split('\n').find((text) => /^\s*\d+ +(\S*\/)?node .*main\.ts run/.test(text))
    if (line === undefined) throw new Error(`no daemon runs in the container:\n${table}`)
    return Number.parseInt(line, 10)
  }

  /** What it wrote, a line each, since it was created. */
  async logLines(): Promise<string[]> {
    return (await this.#engine.docker('logs', this.#name)).split('\n')
  }

  /** What it changed in its own file system: where a mount lies nothing counts. */
  async writtenFiles(): Promise<string[]> {
    const changes = (await this.#engine.docker('diff', this.#name)).split('\n')
    return changes.filter((line) => line.startsWith('A ')).map((line) => line.slice('A '.length))
  }

  /** Runs a command in it. */
  run(...words: readonly string[]): Promise<string> {
    return this.#engine.docker('exec', this.#name, ...words)
  }

  #inspect(format: string): Promise<string> {
    return this.#engine.docker('inspect', '--format', format, this.#name)
  }
}

const supervisor = '172.30.32.2'

/** As of Supervisor 2026.08, without AppArmor, which few kernels of test machines have. */
const asSupervisor = [
  ...['--init', '--network', 'host', '--oom-score-adj', '200', '--label', 'supervisor_managed='],
  ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
  ...['--hostname', 'local-wan-failover', '--domainname', 'local.hass.io'],
  ...['--dns', '172.30.32.3', '--dns-search', 'local.hass.io', '--dns-option', 'timeout:10'],
  ...['--add-host', `supervisor:${supervisor}`, '--add-host', `hassio:${supervisor}`],
  ...['--env', 'TZ=UTC', '--env', 'SUPERVISOR_TOKEN=test', '--env', 'HASSIO_TOKEN=test'],
  ...['--tmpfs', '/dev/shm'],
  ...['--mount', 'type=bind,source=/dev,target=/dev,readonly,bind-recursive=writable'],
  ...['--mount', 'type=bind,source=/mnt/data,target=/data'],
  ...['--mount', 'type=bind,source=/mnt/ssl,target=/ssl,readonly'],
]

function merge(defaults: unknown, own: unknown): unknown {
  if (!isDictionary(defaults) || !isDictionary(own)) return own === undefined ? defaults : own
  const keys = new Set([...Object.keys(defaults), ...Object.keys(own)])
  return Object.fromEntries([...keys].map((key) => [key, merge(defaults[key], own[key])]))
}

function isDictionary(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
