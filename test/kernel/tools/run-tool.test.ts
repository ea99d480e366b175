import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { runTool } from '../../../src/kernel/tools/run-tool.ts'

const patient = { timeoutMs: 60_000, doneAtFirstWord: true }

test('a tool whose first word says that all is done is not waited for', async () => {
  const answer = await runTool('sh', ['-c', 'echo $$; exec tail -f /dev/null'], patient)
  const pid = answer.kind === 'done' ? Number(answer.output) : Number.NaN
  // It is still there, or there would be nobody to kill.
  equal(process.kill(pid), true)
})

test('a tool that fails before its first word has failed', async () => {
  const answer = await runTool('sh', ['-c', 'echo "Error: no such table" >&2; exit 1'], patient)
  deepEqual(answer, { kind: 'failed', error: 'Error: no such table' })
})

test('a tool that has nothing to say is done at its end', async () => {
  deepEqual(await runTool('true', [], patient), { kind: 'done', output: '' })
})
