/**
 * `script/demo`: starts the demo in a session of its own and passes on what it can't hear there.
 * Whatever becomes of it, its files go when it ends; its processes and its network go by
 * themselves.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Speaker, socketVariable } from './outside-line.ts'

const usage = `usage: script/demo [--stay]
  --stay  after the story it goes on, and you can break and mend the lines`

const words = process.argv.slice(2)
const known = words.every((word) => word === '--stay')
if (known) {
  process.exitCode = await perform()
} else {
  const asked = words.includes('--help') || words.includes('-h')
  ;(asked ? process.stdout : process.stderr).write(`${usage}\n`)
  process.exitCode = asked ? 0 : 1
}

async function perform(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-demo-'))
  const path = join(folder, 'socket')
  const speaker = await Speaker.open(path)
  try {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => speaker.say({ signal }))
    }
    process.stdout.on('resize', () => {
      const { columns, rows } = process.stdout
      speaker.say({ size: { columns, rows } })
    })
    const program = fileURLToPath(new URL('./inside.ts', import.meta.url))
    const child = spawn(process.execPath, [program, ...words], {
      stdio: 'inherit',
      detached: true,
      env: { ...process.env, TMPDIR: folder, [socketVariable]: path },
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    speaker.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
