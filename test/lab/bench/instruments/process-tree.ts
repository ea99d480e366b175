/** What a process and all its descendants cost, from /proc. */
import { readdirSync, readFileSync } from 'node:fs'

export interface TreeCost {
  /** Of the living, and of the dead that a living one has waited for. */
  readonly cpuMs: number
  readonly mainRssMb: number
  /** Of a page that several share each has the whole here, and its part in the PSS. */
  readonly sumRssMb: number
  readonly sumPssMb: number
  readonly processes: readonly string[]
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly cpuMs: number
  readonly rssMb: number
  readonly pssMb: number
}

/** USER_HZ, in which /proc counts, is 100 on every architecture that Home Assistant runs on. */
const msPerTick = 10

export function costOfTree(pid: number): TreeCost {
  const all = readProcesses()
  const tree = all.filter((process) => process.pid === pid)
  if (tree.length === 0) throw new Error(`there is no process ${pid} any more`)
  // The list grows while it is walked: each child is looked at for children of its own.
  for (const parent of tree) tree.push(...all.filter((process) => process.parent === parent.pid))
  const sum = (of: (process: Process) => number) => tree.reduce((total, one) => total + of(one), 0)
  return {
    cpuMs: sum(({ cpuMs }) => cpuMs),
    mainRssMb: tree[0]?.rssMb ?? 0,
    sumRssMb: sum(({ rssMb }) => rssMb),
    sumPssMb: sum(({ pssMb }) => pssMb),
    processes: tree.map(({ name }) => name),
  }
}

function readProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
}

/** null for one that ended while we looked. */
function readProcess(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    // proc_pid_stat(5): the name may hold anything, so the fields count from its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [parent, ...ticks] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]))
    const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
    const shares = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    const pssKb = Number(/^Pss:\s+(\d+) kB$/m.exec(shares)?.[1] ?? 0)
    return {
      pid,
      parent: parent ?? 0,
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      cpuMs: ticks.reduce((total, one) => total + one, 0) * msPerTick,
      rssMb: rssKb / 1024,
      pssMb: pssKb / 1024,
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
}
