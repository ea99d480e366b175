/** Cases that mostly wait, each in a process and a network of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pause } from './instruments/pause.ts'
import { type CaseResult, failedCase } from './result/row.ts'

interface Started {
  readonly passedOn: readonly string[]
  readonly progress: (text: string) => void
}

const bench = fileURLToPath(new URL('bench.ts', import.meta.url))
/** A house takes a few seconds to build, and all of them at once would take all of the machine. */
const betweenStartsMs = 6_000

/** In the order of the names. */
export async function runAtOnce(
  names: readonly string[],
  started: Started,
): Promise<Record<string, CaseResult>> {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-bench-'))
  try {
    const results = await Promise.all(
      names.map(async (name, i): Promise<[string, CaseResult]> => {
        await pause(i * betweenStartsMs)
        return [name, await runOne(name, join(folder, `${name}.json`), started)]
      }),
    )
    return Object.fromEntries(results)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runOne(name: string, file: string, started: Started): Promise<CaseResult> {
  const args = [bench, ...started.passedOn, `--only=${name}`, `--result-file=${file}`]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  const result = readResult(name, file)
  started.progress(`${name}: ${result === null ? `ended with ${code}` : 'done'}`)
  return result ?? failedCase(name, `its process ended with ${code}`)
}

/** null where it didn't live to write it. */
function readResult(name: string, file: string): CaseResult | null {
  try {
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly cases: Readonly<Record<string, CaseResult>>
    }
    return cases[name] ?? null
  } catch {
    return null
  }
}
