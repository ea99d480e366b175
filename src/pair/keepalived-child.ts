/** One run of keepalived, with the watcher beside it: both end with us. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Log } from '../model/log.ts'
import type { PairRole } from '../model/pair.ts'
import { hungPenalty, pairFiles } from '../network/pair/keepalived-config.ts'
import { NotifyPipe } from './notify-pipe.ts'
import { lookEveryMs, Pulse } from './pulse.ts'

interface ChildOptions {
  readonly folder: string
  readonly log: Log
  readonly onRole: (role: PairRole) => void
  readonly onEnd: (why: string) => void
}

export class KeepalivedChild {
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
    // On a link without carrier it has nothing to do, nor before it has said anything.
    let isBusy = false
    this.#notify = new NotifyPipe(files.notify, (role) => {
      isBusy = role !== 'cut'
      onRole(role)
    })
    const pulse = new Pulse(childPid)
    let hung = ''
    const looking = setInterval(() => {
      if (!pulse.hasStopped() || !isBusy) return
      hung = 'it hung'
      this.#keepalived.kill('SIGKILL')
    }, lookEveryMs)
    let said = ''
    for (const stream of [this.#keepalived.stdout, this.#keepalived.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said = text.trim().slice(-longestReason)
        log.debug(`keepalived: ${text.trim().slice(0, longestLine)}`)
      })
    }
    this.ended = new Promise((resolve) => {
      const end = (why: string): void => {
        clearInterval(looking)
        this.#notify.close()
        this.#watcher.kill('SIGKILL')
        onEnd(this.#isAsked ? asAsked : hung || why)
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

export const asAsked = 'as asked'
/** It takes a second to end after it has given way. */
const longestEndMs = 5_000
const longestLine = 500
const longestReason = 200
