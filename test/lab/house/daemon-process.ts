/** The real daemon as a child of this process, in the host's network namespace. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ownVersion } from '../../../src/commands/own-version.ts'
import { type WaitOptions, waitFor } from '../../wait-for.ts'

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
const execute = promisify(execFile)
/** The daemon is not told: it shall find its own. */
const { NODE_COMPILE_CACHE: strippedModules, ...inherited } = process.env
/** What every daemon is started by, as aa-exec puts it under a profile: words with blanks between. */
const starter = (process.env['WAN_FAILOVER_LAB_STARTER'] ?? '').split(' ').filter(Boolean)
const stopMs = 30_000
const maxLines = 10_000

/** Options and data of one daemon, and of its next start. */
export class DaemonFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'wan-failover-lab-'))
  readonly optionsPath = join(this.path, 'options.json')

  /**
   * Where stripped modules are kept for all that Node runs, as script/test does, the daemon finds
   * them as if it had left them at an earlier start: that takes a second less.
   */
  constructor() {
    if (strippedModules === undefined) return
    mkdirSync(join(this.path, 'compile-cache'))
    symlinkSync(strippedModules, join(this.path, 'compile-cache', ownVersion()))
  }

  write(options: unknown): void {
    writeFileSync(this.optionsPath, JSON.stringify(options))
  }

  /** Runs a command that ends by itself. */
  async command(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const args = [main, ...words, '--options', this.optionsPath]
    try {
      const { stdout, stderr } = await execute(process.execPath, args, { timeout: 120_000 })
      return { code: 0, out: stdout, err: stderr }
    } catch (error) {
      const failed = error as { code?: unknown; stdout?: string; stderr?: string }
      if (typeof failed.code !== 'number') throw error
      return { code: failed.code, out: failed.stdout ?? '', err: failed.stderr ?? '' }
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** How the daemon is started, where that is not the usual way. */
export interface Circumstances {
  /** A command that ends by executing the words behind it, as setpriv does. */
  readonly wrapper?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export class DaemonProcess {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  #exit: { code: number | null; signal: string | null } | null = null

  constructor(folder: DaemonFolder, circumstances: Circumstances = {}) {
    const { wrapper = [], environment = {} } = circumstances
    const args = [main, 'run', '--options', folder.optionsPath, '--data', folder.path]
    const [file = '', ...rest] = [...wrapper, ...starter, process.execPath, ...args]
    this.#child = spawn(file, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, ...environment },
    })
    this.#child.once('exit', (code, signal) => {
      this.#exit = { code, signal }
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8')
      let rest = ''
      stream?.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop() ?? ''
        this.lines.push(...parts)
        this.lines.splice(0, Math.max(0, this.lines.length - maxLines))
      })
    }
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the daemon did not start')
    return this.#child.pid
  }

  get running(): boolean {
    return this.#exit === null
  }

  async waitForLine(pattern: RegExp, wait: Pick<WaitOptions, 'deadlineMs'>): Promise<string> {
    const found = () => this.lines.find((line) => pattern.test(line))
    try {
      return await waitFor(found, { ...wait, what: `a log line like ${pattern}` })
    } catch (error) {
      throw new Error(`the log is:\n${this.lines.join('\n')}`, { cause: error })
    }
  }

  /** Sends TERM and gives the exit code; a daemon that doesn't end is killed, and that throws. */
  async stop(): Promise<number> {
    return (await this.end('SIGTERM')) ?? -1
  }

  /** null where a signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    let isForced = false
    if (this.#exit === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill(signal)
      const killer = setTimeout(() => {
        isForced = this.#child.kill('SIGKILL')
      }, stopMs)
      await ended
      clearTimeout(killer)
    }
    if (isForced) {
      throw new Error(
        `the daemon did not end within ${stopMs} ms of ${signal}:\n${this.lines.join('\n')}`,
      )
    }
    return this.#exit?.code ?? null
  }

  /** Resolves with the exit code of a daemon that ends by itself. */
  async ended(deadlineMs: number): Promise<number | null> {
    await waitFor(() => this.#exit !== null, { deadlineMs, what: 'the daemon to end by itself' })
    return this.#exit?.code ?? null
  }
}
