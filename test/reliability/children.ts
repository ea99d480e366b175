/** What a daemon keeps running, and how it is disturbed. */
import { readdirSync, readFileSync } from 'node:fs'

/** The programs of this name that a process keeps running: its children, and theirs. */
export function runningChildren(pid: number, program: string): readonly number[] {
  const parents = new Map<number, { readonly parent: number; readonly name: string }>()
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? readStatus(name) : null
    if (status !== null) parents.set(Number(name), status)
  }
  return [...parents]
    .filter(([, { parent, name }]) => {
      const above = parents.get(parent)?.parent
      return name === program && (parent === pid || above === pid)
    })
    .map(([child]) => child)
}

function readStatus(pid: string): { readonly parent: number; readonly name: string } | null {
  try {
    const [, name = '', parent = ''] =
      /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { name, parent: Number(parent) }
  } catch {
    // It has ended since the folder was read.
    return null
  }
}

/** It may have ended meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
