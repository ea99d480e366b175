import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type ControlAnswer, holdControlSocket } from '../../src/control/control-socket.ts'
import { exampleSnapshot, exampleWanSnapshot } from '../examples/example-snapshot.ts'

const down = exampleWanSnapshot({ state: 'down', reason: 'no target answers' })
const allDown = exampleSnapshot({ wans: { primary: down }, problems: ['primary is down'] })

interface Case {
  readonly name: string
  readonly answer: ControlAnswer | null
  readonly code: number
  readonly line: string
}

const cases: readonly Case[] = [
  { name: 'no daemon', answer: null, code: 1, line: 'no WAN Failover runs in this network' },
  {
    name: 'a daemon that starts',
    answer: { turning: true, snapshot: null },
    code: 0,
    line: 'the daemon is starting',
  },
  {
    name: 'a daemon whose WANs are all down',
    answer: { turning: true, snapshot: allDown },
    code: 0,
    line: 'the daemon is alive\nPROBLEM  primary is down',
  },
  {
    name: 'a daemon that hangs',
    answer: { turning: false, snapshot: exampleSnapshot() },
    code: 1,
    line: 'the daemon hangs',
  },
]

for (const { name, answer, code, line } of cases) {
  test(`health ends with ${code} for ${name}, and says what needs attention`, async () => {
    const holding = answer === null ? null : await holdControlSocket(() => answer)
    try {
      assert.deepEqual(await askHealth(), { code, said: `${line}\n` })
    } finally {
      if (holding?.kind === 'held') await holding.release()
    }
  })
}

async function askHealth(): Promise<{ code: number; said: string }> {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, 'health'], { timeout: 20_000 })
  const [ended, out, err] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ])
  return { code: ended[0], said: out + err }
}
