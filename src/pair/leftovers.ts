/**
 * What an earlier run, or a keepalived that was killed, has left of a pair: the shared address where
 * nobody could take it away, and a keepalived of ours that outlived us, or its other half.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readText } from '../kernel/reading/kernel-settings.ts'
import { runTool } from '../kernel/tools/run-tool.ts'
import type { Log } from '../model/log.ts'
import type { PairPlace } from '../model/pair.ts'
import { pairFiles } from '../network/pair/keepalived-config.ts'

export function makeOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}

/** Before the address may be taken: who comes after a crash knows what to take away. */
export function noteTaken(folder: string, { link, addresses }: PairPlace): void {
  const lines = addresses.map((address) => `${link} ${address}\n`)
  writeFileSync(pairFiles(folder).taken, lines.join(''), { mode: 0o600 })
}

/** Nothing happens where nothing was left. */
export async function takeAwayLeftovers(folder: string, log: Log): Promise<void> {
  const files = pairFiles(folder)
  const taken = readText(files.taken)
  if (taken === null) return
  endOutlived(files)
  for (const line of taken.split('\n')) {
    const [, link, address] = /^(\S+) ([\da-f.:]+\/\d+)$/.exec(line) ?? []
    if (link === undefined || address === undefined) continue
    const answer = await runTool('ip', ['address', 'delete', address, 'dev', link])
    // It fails where the address is gone already, as it should be.
    if (answer.kind === 'done')
      log.warn(`took away ${address} of ${link}: a keepalived that was killed had left it`)
  }
  rmSync(files.taken, { force: true })
}

/** Both of its processes, so that neither can take the address again. */
function endOutlived({ pid, childPid, config }: ReturnType<typeof pairFiles>): void {
  for (const file of [pid, childPid]) {
    const id = Number(readText(file)?.trim())
    const words = id > 1 ? (readText(`/proc/${id}/cmdline`)?.split('\0') ?? []) : []
    if (!words.includes(config)) continue
    try {
      process.kill(id, 'SIGKILL')
    } catch {
      // It has just ended.
    }
  }
}
