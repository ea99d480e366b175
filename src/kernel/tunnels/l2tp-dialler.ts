/**
 * Tunnels that are dialled: `xl2tpd` as our child, which starts `pppd`; both end with us. A dialling
 * is a new run of both, for a connection can't move to another line. It must never decide when to
 * dial, nor let a password out of the file that `pppd` reads.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import * as v from 'valibot'
import { familyOf } from '../../model/address.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import type { L2tpWish } from '../../model/tunnel/dial.ts'
import { runTool } from '../tools/run-tool.ts'
import { dialConfig, dialFiles, pppOptions, refusalIn } from './dial-files.ts'
import { endProcesses, untilGone } from './dial-processes.ts'
import type { TunnelDialler } from './port.ts'
import { hostAddress, mtuOver } from './wireguard-devices.ts'

export interface DiallerOptions {
  readonly log: Log
  /** Ours alone, and gone with the machine's memory. */
  readonly folder: string
  /** Why this machine can't dial; null: it can. */
  readonly lacking: () => string | null
}

export function l2tpDialler(options: DiallerOptions): TunnelDialler {
  return new L2tpDialler(options)
}

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<void>
  /** Its last words. */
  said: string
}

class L2tpDialler implements TunnelDialler {
  readonly #options: DiallerOptions
  readonly #running = new Map<string, Running>()
  /** One thing after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: DiallerOptions) {
    this.#options = options
  }

  dial(wish: L2tpWish): ReturnType<TunnelDialler['dial']> {
    return this.#inTurn(async () => {
      try {
        await this.#dial(wish)
        return { kind: 'dialling' } as const
      } catch (error) {
        return { kind: 'not_dialled', reason: messageOf(error) } as const
      }
    })
  }

  listen(tunnel: string): string | null {
    const { log } = dialFiles(this.#options.folder, tunnel)
    return refusalIn(lastOf(log), this.#running.get(tunnel)?.said ?? '')
  }

  settle(link: string, address: readonly string[]): Promise<void> {
    return this.#inTurn(() => this.#settle(link, address))
  }

  hangUp(): Promise<void> {
    return this.#inTurn(async () => {
      const { folder, log } = this.#options
      // Nobody has ever dialled here.
      if (!existsSync(folder)) return
      const names = [...this.#running.keys()]
      await Promise.all(names.map((name) => this.#end(name)))
      const left = await endProcesses(`${folder}/`)
      if (left > 0) log.warn('ended what an earlier run has left of a tunnel that is dialled')
      rmSync(folder, { recursive: true, force: true })
    })
  }

  async #settle(link: string, address: readonly string[]): Promise<void> {
    const shown = await runTool('ip', ['-j', 'address', 'show', 'dev', link])
    // It has just gone: the next one is settled when it is there.
    if (shown.kind !== 'done') return
    const own = v.parse(shownAddresses, JSON.parse(shown.output)).flatMap((one) => one.addr_info)
    for (const { family, local, address: peer, prefixlen } of own) {
      if (family !== 'inet' || peer === undefined || peer === local) continue
      const added = await runTool('ip', ['address', 'add', `${local}/32`, 'dev', link])
      // Without one of its own the link would have none.
      if (added.kind !== 'done' && !added.error.includes('exists')) continue
      const words = [local, 'peer', `${peer}/${prefixlen}`, 'dev', link]
      await this.#try('address', 'delete', ...words)
    }
    for (const one of address.filter((each) => familyOf(each) === 'ipv6')) {
      await this.#try('address', 'replace', hostAddress(one), 'dev', link, 'nodad')
    }
  }

  async #dial(wish: L2tpWish): Promise<void> {
    const { folder, log } = this.#options
    const { name, link, lines, line } = wish
    await this.#end(name)
    const lacking = this.#options.lacking()
    if (lacking !== null) throw new Error(lacking)
    // A tunnel of another kind may have had the name.
    await runTool('ip', ['link', 'delete', 'dev', link])
    await untilGone(link)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    const files = dialFiles(folder, name)
    const mtu = Math.min(wish.mtu ?? longestMtu, mtuOver(lines, outerBytes))
    writeOwn(files.config, dialConfig(wish, files))
    writeOwn(files.options, pppOptions(wish, files, mtu))
    writeOwn(files.log, '')
    const { config, pid, control } = files
    // TERM and not KILL: then it says goodbye, and ends pppd too.
    const words = ['xl2tpd', '-D', '-c', config, '-p', pid, '-C', control]
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    log.info(`dialling ${name} by ${line}`)
    this.#running.set(name, this.#attend(name, child))
  }

  #attend(name: string, child: ChildProcess): Running {
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      // Not `close`: pppd may hold the pipes for longer.
      child.once('exit', () => resolve())
    })
    const running: Running = { child, ended, said: '' }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        running.said = `${running.said}${text}`.slice(-longestWords)
        this.#options.log.debug(`xl2tpd of ${name}: ${text.trim().slice(0, longestLine)}`)
      })
    }
    return running
  }

  /** xl2tpd says goodbye to the server; whatever is left after that is ended. */
  async #end(name: string): Promise<void> {
    const running = this.#running.get(name)
    const { folder } = this.#options
    if (running !== undefined) {
      running.child.kill('SIGTERM')
      const waiting = new AbortController()
      const { signal } = waiting
      const bound = delay(goodbyeMs, undefined, { signal }).catch(() => undefined)
      await Promise.race([running.ended, bound])
      waiting.abort()
    }
    await endProcesses(`${folder}/${name}.`)
    await running?.ended
    this.#running.delete(name)
  }

  /** The link may have gone meanwhile, and whoever looks again finds what is left to do. */
  async #try(...words: readonly string[]): Promise<void> {
    const done = await runTool('ip', words)
    if (done.kind !== 'done') this.#options.log.debug(`ip ${words.join(' ')}: ${done.error}`)
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}

function writeOwn(path: string, text: string): void {
  writeFileSync(path, text, { mode: ownerOnly })
  // One that was there keeps its rights.
  chmodSync(path, ownerOnly)
}

function lastOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-longestWords)
  } catch {
    // It was never dialled.
    return ''
  }
}

const shownAddresses = v.array(
  v.looseObject({
    addr_info: v.array(
      v.looseObject({
        family: v.string(),
        local: v.string(),
        address: v.optional(v.string()),
        prefixlen: v.number(),
      }),
    ),
  }),
)

/** 20 of IPv4, 8 of UDP, 8 of L2TP and 4 of PPP around an inner packet. */
const outerBytes = 40
const longestMtu = 9_000
const ownerOnly = 0o600
const goodbyeMs = 1_000
const longestWords = 4_096
const longestLine = 500
