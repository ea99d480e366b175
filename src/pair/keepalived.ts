/**
 * Takes part in a pair by keepalived, a child that ends with us: it speaks VRRP, takes the shared
 * address and gives it back. Who should serve is decided elsewhere; it is told by a number in a
 * file. A second child watches whether our loop turns, for nobody who hangs can say so.
 *
 * It must never leave the address behind: two boxes that answer for it are worse than none.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { messageOf } from '../model/caught-error.ts'
import type { Log } from '../model/log.ts'
import type { PairOrder, PairPlace, PairRole } from '../model/pair.ts'
import {
  hungPenalty,
  keepalivedConfig,
  pairFiles,
  wishFor,
} from '../network/pair/keepalived-config.ts'
import { lacking } from './lacking-programs.ts'
import { makeOwnFolder, noteTaken, takeAwayLeftovers } from './leftovers.ts'
import { NotifyPipe } from './notify-pipe.ts'
import type { PairKeeper, PairListener } from './port.ts'

export interface KeepalivedOptions {
  /** Ours alone, and gone with the machine's memory. */
  readonly folder: string
  readonly log: Log
}

export class Keepalived implements PairKeeper {
  readonly #options: KeepalivedOptions
  readonly #files: ReturnType<typeof pairFiles>
  #place: PairPlace | null = null
  #child: Child | null = null
  #wish: number | null = null
  #pauseMs = firstPauseMs
  #mayStartAtMs = Number.NEGATIVE_INFINITY
  #role: PairRole | null = null
  #problem: string | null = null
  #listener: PairListener = () => undefined
  #left: Promise<void> | null = null
  #onHandedOver: () => void = () => undefined

  constructor(options: KeepalivedOptions) {
    this.#options = options
    this.#files = pairFiles(options.folder)
  }

  attend(listener: PairListener): void {
    this.#listener = listener
    listener({ kind: 'role', role: this.#role })
    listener({ kind: 'problem', problem: this.#problem })
  }

  keep({ place, priority }: PairOrder): void {
    if (this.#left !== null) return
    if (this.#child !== null && !isSame(place, this.#place)) {
      void this.#child.end()
      return
    }
    const isDue = this.#child === null && performance.now() >= this.#mayStartAtMs
    if (this.#child === null && !isDue) return
    try {
      if (isDue) makeOwnFolder(this.#options.folder)
      this.#beat()
      this.#tell(priority)
      if (isDue) this.#start(place)
    } catch (error) {
      this.#fail(`can't write to ${this.#options.folder}: ${messageOf(error)}`)
    }
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave().finally(() => {
      this.#left = null
    })
    return this.#left
  }

  async #leave(): Promise<void> {
    if (this.#child !== null && this.#role === 'serving') await this.#handOver(this.#child)
    await this.#child?.end()
    await takeAwayLeftovers(this.#options.folder, this.#options.log)
  }

  /**
   * The other box takes the address before this one gives it back, so that there is always somebody
   * who answers for it. Resolves when it has, or when it isn't there to do so.
   */
  async #handOver(child: Child): Promise<void> {
    try {
      this.#tell(lowestPriority)
    } catch (error) {
      this.#options.log.warn(`can't let the other box serve first: ${messageOf(error)}`)
      return
    }
    const advertMs = this.#place?.advertMs ?? 0
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, advertsToHandOver * advertMs)
      this.#onHandedOver = () => {
        clearTimeout(timer)
        resolve()
      }
      void child.ended.then(this.#onHandedOver)
    })
    this.#onHandedOver = () => undefined
  }

  #beat(): void {
    writeOwn(this.#files.beat, Math.floor(uptime() * 100))
  }

  #tell(priority: number): void {
    const wish = wishFor(priority)
    if (wish === this.#wish) return
    writeOwn(this.#files.wish, wish)
    this.#wish = wish
  }

  #start(place: PairPlace): void {
    const missing = lacking()
    if (missing !== null) {
      this.#fail(missing)
      return
    }
    const { folder, log } = this.#options
    writeOwn(this.#files.watch, 0)
    writeOwn(this.#files.config, keepalivedConfig(place, folder))
    rmSync(this.#files.notify, { force: true })
    noteTaken(folder, place)
    this.#place = place
    const startedAtMs = performance.now()
    this.#child = new Child({
      ...{ folder, log },
      onRole: (role) => this.#takeRole(role),
      onEnd: (why) => this.#ended(why, startedAtMs),
    })
    this.#solve()
  }

  #ended(why: string, startedAtMs: number): void {
    this.#child = null
    this.#wish = null
    this.#takeRole(null)
    if (this.#left !== null) return
    if (performance.now() - startedAtMs > healthyMs) this.#pauseMs = firstPauseMs
    this.#mayStartAtMs = performance.now() + this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
    if (why !== asAsked) this.#report(`keepalived ended (${why}); it starts again`)
  }

  #takeRole(role: PairRole | null): void {
    this.#role = role
    if (role !== 'serving') this.#onHandedOver()
    this.#listener({ kind: 'role', role })
  }

  #fail(problem: string): void {
    this.#mayStartAtMs = performance.now() + longestPauseMs
    this.#report(problem)
  }

  #report(problem: string): void {
    if (problem !== this.#problem) this.#options.log.warn(problem)
    this.#problem = problem
    this.#listener({ kind: 'problem', problem })
  }

  #solve(): void {
    if (this.#problem === null) return
    this.#problem = null
    this.#listener({ kind: 'problem', problem: null })
  }
}

interface ChildOptions extends KeepalivedOptions {
  readonly onRole: (role: PairRole) => void
  readonly onEnd: (why: string) => void
}

/** One run of keepalived, with the watcher beside it. */
class Child {
  readonly #keepalived: ChildProcess
  readonly #watcher: ChildProcess
  readonly #notify: NotifyPipe
  readonly ended: Promise<void>
  #isAsked = false

  constructor({ folder, log, onRole, onEnd }: ChildOptions) {
    const files = pairFiles(folder)
    const { config, pid, childPid } = files
    // TERM and not KILL: then it says so to the other box, and gives the address back.
    this.#keepalived = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'TERM', 'keepalived', '--dont-fork'],
        ...['--log-console', '--no-syslog'],
        ...['--use-file', config, '--pid', pid, '--vrrp_pid', childPid],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#watcher = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'sh', '-c', watching, 'sh', folder, String(hungPenalty)],
      { stdio: 'ignore' },
    )
    this.#watcher.on('error', (error) => log.warn(`nobody watches the loop: ${error.message}`))
    this.#notify = new NotifyPipe(files.notify, onRole)
    let said = ''
    for (const stream of [this.#keepalived.stdout, this.#keepalived.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said = text.trim().slice(-longestReason)
        log.debug(`keepalived: ${text.trim().slice(0, longestLine)}`)
      })
    }
    this.ended = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#notify.close()
        this.#watcher.kill('SIGKILL')
        onEnd(this.#isAsked ? asAsked : why)
        resolve()
      }
      this.#keepalived.once('error', (error) => end(error.message))
      // Not `close`: its own child may hold the pipes for longer.
      this.#keepalived.once('exit', (code, signal) => end(said || (signal ?? `exit ${code}`)))
    })
  }

  /** It says that it gives way first, and takes the address away; then it is gone. */
  async end(): Promise<void> {
    if (this.#isAsked) return await this.ended
    this.#isAsked = true
    this.#keepalived.kill('SIGTERM')
    const killer = setTimeout(() => this.#keepalived.kill('SIGKILL'), longestEndMs)
    await this.ended
    clearTimeout(killer)
  }
}

function isSame(place: PairPlace, other: PairPlace | null): boolean {
  return JSON.stringify(place) === JSON.stringify(other)
}

function writeOwn(path: string, content: string | number): void {
  writeFileSync(path, `${content}\n`, { mode: 0o600 })
}

/**
 * Its only words are the shell's own and `sleep`. The machine's time since its start never jumps. A
 * beat that is just being written reads as nothing: the one before it counts. Two and a half seconds
 * are more than a busy machine keeps a loop waiting.
 */
const watching = `
before=0
beat=0
while sleep 0.25; do
  read -r now rest </proc/uptime
  now=\${now%.*}\${now#*.}
  read -r newer <"$1/beat" && beat=$newer
  if [ $((now - beat)) -lt 250 ]; then value=0; else value=$2; fi
  [ "$value" = "$before" ] || echo "$value" >"$1/watch"
  before=$value
done`

const asAsked = 'as asked'
const lowestPriority = 1
/** After three without a word of higher priority the other one takes over; two for a busy machine. */
const advertsToHandOver = 5
const firstPauseMs = 500
const longestPauseMs = 30_000
/** One that ran this long was healthy: the next pause is the first again. */
const healthyMs = 10_000
/** It takes a second to end after it has given way. */
const longestEndMs = 5_000
const longestLine = 500
const longestReason = 200
