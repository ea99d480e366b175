/**
 * A child process that listens for us and starts again when it ends, later each time. Nobody knows
 * what it missed meanwhile, so `onMissed` runs after every start, the first too.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Log } from '../../model/log.ts'

export interface HelperOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly log: Log
  /** How each of its lines begins. One that says nothing else for long is not what we started. */
  readonly line: RegExp
  readonly onText: (text: string) => void
  readonly onMissed: () => void
}

const firstPauseMs = 100
/** What others do meanwhile is seen late. */
const longestPauseMs = 5_000
/** One that ran this long was healthy: the next pause is the first again. */
const healthyMs = 10_000
/** Until a child has subscribed: `ip` takes 2 ms, nft with a large ruleset longer. */
const subscribedAfterMs = 250
/** So many pieces of text in a row without a line of its own: it would never tell us anything. */
const mostStrange = 20

export class HelperProcess {
  readonly #options: HelperOptions
  #child: ChildProcess | null = null
  #timer: NodeJS.Timeout | null = null
  #pauseMs = firstPauseMs
  #closed = false
  #wasMissing = false

  constructor(options: HelperOptions) {
    this.#options = options
    this.#start()
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#child?.kill('SIGKILL')
  }

  #start(): void {
    const { command, args } = this.#options
    const startedAtMs = performance.now()
    const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#timer = setTimeout(() => this.#options.onMissed(), subscribedAfterMs)
    // It complains of lost events (ENOBUFS): then we have missed something.
    let complaint = ''
    let strange = 0
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (this.#closed) return
      this.#options.onText(text)
      strange = this.#isStrange(text) ? strange + 1 : 0
      if (strange < mostStrange) return
      complaint = `it says nothing but ${JSON.stringify(text.slice(0, 20))} and the like`
      child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = text.trim().slice(0, 200)
      if (!this.#closed) this.#options.onMissed()
    })
    let error: NodeJS.ErrnoException | null = null
    child.on('error', (cause) => {
      error = cause
    })
    child.on('close', (code, signal) => {
      if (this.#closed) return
      this.#ended(error ?? { why: complaint || (signal ?? `exit ${code}`) }, startedAtMs)
    })
  }

  /** A piece may begin in the midst of a line: the next one tells. */
  #isStrange(text: string): boolean {
    const [, line = ''] = text.split('\n', 2)
    return line !== '' && !this.#options.line.test(line)
  }

  #ended(reason: NodeJS.ErrnoException | { readonly why: string }, startedAtMs: number): void {
    const { command, args, log } = this.#options
    const name = [command, ...args].join(' ')
    if (this.#timer !== null) clearTimeout(this.#timer)
    if ('code' in reason && reason.code === 'ENOENT') {
      if (!this.#wasMissing) {
        log.debug(`\`${name}\` is not started: ${command} is not installed`)
      }
      this.#wasMissing = true
      // It may be on its way, as where its package is being replaced.
      this.#timer = setTimeout(() => this.#start(), longestPauseMs)
      return
    }
    const why = 'why' in reason ? reason.why : reason.message
    if (performance.now() - startedAtMs > healthyMs) this.#pauseMs = firstPauseMs
    log.debug(`\`${name}\` ended (${why}); it starts again in ${this.#pauseMs / 1000} s`)
    this.#timer = setTimeout(() => this.#start(), this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
  }
}
