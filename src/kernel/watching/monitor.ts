/**
 * Reports that something changed as soon as the kernel says so. It only classifies events: Linux
 * says too little of what it does to routes, so we always read the truth again.
 */

import { familyOf } from '../../model/address.ts'
import type { KernelSign } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import { nftTable } from '../../model/marks.ts'
import { dockerChain } from '../../network/accepts/desired-accepts.ts'
import { HelperProcess } from '../tools/helper-process.ts'
import type { Tools } from '../tools/run-tool.ts'

export interface MonitorOptions {
  readonly tools: Tools
  readonly log: Log
  readonly listener: (sign: KernelSign) => void
}

export interface Monitor {
  close(): void
}

export function startMonitor({ tools, log, listener }: MonitorOptions): Monitor {
  const routing = new HelperProcess({
    command: tools.ip,
    args: ['-o', 'monitor', 'label', 'link', 'address', 'route', 'rule', 'neigh'],
    log,
    line: /^\[[A-Z]+\]/,
    onText: createRoutingReader(listener),
    onMissed: () => listener({ kind: 'routing' }),
  })
  const nft = new HelperProcess({
    command: tools.nft,
    args: ['monitor'],
    log,
    // The elements of a set go on in lines of their own.
    line: /^(add|create|insert|replace|rename|flush|delete|destroy|#|\s)/,
    onText: createNftReader(listener),
    onMissed: () => {
      listener({ kind: 'nft' })
      listener({ kind: 'firewall' })
    },
  })
  return {
    close: () => {
      routing.close()
      nft.close()
    },
  }
}

/** `[NEIGH]192.168.0.1 dev eth0  FAILED`; with a link-layer address before the state at times. */
const failedNeighbour = /^\[NEIGH\](\S+) dev (\S+) .*\bFAILED\b/
const neighbourLabel = '[NEIGH]'
/** No line of `ip -o monitor` is this long; a longer one is dropped, not collected. */
const lineLimit = 65_536

/** Takes the text of `ip -o monitor label`, in pieces; at most one routing sign a piece. */
export function createRoutingReader(listener: (sign: KernelSign) => void): (text: string) => void {
  let unfinished = ''
  return (text) => {
    const lines = (unfinished + text).split('\n')
    unfinished = (lines.pop() ?? '').slice(0, lineLimit)
    let routing = false
    for (const line of lines) {
      if (!line.startsWith(neighbourLabel)) routing = true
      // A busy network has many of these lines; only the rare ones are looked at closely.
      else if (line.includes('FAILED')) reportFailed(line, listener)
    }
    if (routing) listener({ kind: 'routing' })
  }
}

function reportFailed(line: string, listener: (sign: KernelSign) => void): void {
  const match = failedNeighbour.exec(line)
  if (match === null) return
  const [, address = '', link = ''] = match
  listener({ kind: 'neighbour_failed', family: familyOf(address), address, link })
}

/** What `nft monitor` prints of a change; a flush of everything names all that it takes away. */
const nftSigns = [
  { kind: 'nft', words: [nftTable] },
  // The second one is in the line of a chain whose policy changes.
  { kind: 'firewall', words: [dockerChain, 'hook forward'] },
] as const

/** Takes the text of `nft monitor`, in pieces; others' tables cost a few searches of the text. */
export function createNftReader(listener: (sign: KernelSign) => void): (text: string) => void {
  const watchers = nftSigns.flatMap(({ kind, words }) =>
    words.map((word) => createWordWatcher(word, () => listener({ kind }))),
  )
  return (text) => {
    for (const watch of watchers) watch(text)
  }
}

function createWordWatcher(word: string, onWord: () => void): (text: string) => void {
  let tail = ''
  return (text) => {
    const seen = tail + text
    if (seen.includes(word)) {
      tail = ''
      onWord()
    } else tail = seen.slice(1 - word.length)
  }
}
