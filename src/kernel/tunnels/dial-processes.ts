/**
 * The programs that dial, and their traces: what has to be there, what runs on our behalf, and its
 * end. They are known by the files that only they are told of.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf } from '../../model/caught-error.ts'
import { isInstalled } from '../tools/run-tool.ts'

/** Null where all is there that dialling needs; else what is missing and what to do. */
export function lackingToDial(): string | null {
  const missing = programs.filter(({ program, folders }) => !isInstalled(program, folders))
  if (missing.length > 0) {
    const names = missing.map(({ program }) => program).join(' and ')
    const packages = missing.map((one) => one.package).join(' ')
    const verb = missing.length === 1 ? 'is' : 'are'
    return `${names} ${verb} not installed: on Debian, apt install ${packages}; the add-on has none`
  }
  try {
    closeSync(openSync(pppDevice, 'r+'))
    return null
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EACCES' || code === 'EPERM') return `${pppDevice} may not be opened: ${asRoot}`
    return `this machine's kernel has no PPP (${pppDevice}: ${code})`
  }
}

/** Those that run on behalf of a tunnel, or of any in this folder. */
function dialProcesses(prefix: string): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    const id = Number(entry)
    if (!Number.isInteger(id) || id === process.pid) return []
    return wordsOf(id).some((word) => word.startsWith(prefix)) ? [id] : []
  })
}

/**
 * At once: whoever has to say goodbye has done so before. Resolves with how many there were, once
 * they are gone.
 */
export async function endProcesses(prefix: string): Promise<number> {
  const ids = dialProcesses(prefix)
  for (const id of ids) {
    try {
      process.kill(id, 'SIGKILL')
    } catch {
      // It has just ended.
    }
  }
  await until(() => dialProcesses(prefix).length === 0)
  return ids.length
}

/** The kernel takes a dead one's link away a moment later. */
export function untilGone(link: string): Promise<void> {
  return until(() => !existsSync(`/sys/class/net/${link}`))
}

/** Or until nobody may believe in it any more. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < mostTries && !isSo(); tries += 1) await delay(lookEveryMs)
}

/** Only of the programs that we start: an editor may have such a file open. */
function wordsOf(id: number): readonly string[] {
  try {
    const [program = '', ...words] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0')
    return /(^|\/)(xl2tpd|pppd)$/.test(program) ? words : []
  } catch {
    // It has just ended.
    return []
  }
}

/** Where nothing else is said, in a folder of PATH. */
const programs: readonly Program[] = [
  { program: 'xl2tpd', package: 'xl2tpd' },
  // xl2tpd starts it by this path, and no other.
  { program: 'pppd', package: 'ppp', folders: ['/usr/sbin'] },
  { program: 'setpriv', package: 'util-linux' },
]

interface Program {
  readonly program: string
  readonly package: string
  readonly folders?: readonly string[]
}

const lookEveryMs = 20
const mostTries = 100

const pppDevice = '/dev/ppp'
const asRoot = 'a service needs the drop-in that DOCS.md names under L2TP'
