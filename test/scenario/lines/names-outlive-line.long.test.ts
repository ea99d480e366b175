import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NamesHouse } from '../../lab/house/names-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { testNamesIn } from './test-names-in.ts'

testNamesIn('two-interfaces')

test('a daemon that crashes in a rescue and comes back leaves no question unanswered for long', async () => {
  await using names = await NamesHouse.open({ topology: 'two-interfaces' })
  const { house } = names
  const fault = await names.break()
  await names.answeredAfter(fault.event.seenMs)
  await house.daemon.end('SIGKILL')
  const killedMs = monotonicMs()
  house.startAgain()
  // By then it has asked both itself, and needs no word of the earlier run.
  await house.daemon.waitForLine(/names are down/, { deadlineMs: 30_000 })
  await house.daemon.waitForLine(/primary is down/, { deadlineMs: 30_000 })
  await names.answeredAfter(monotonicMs())
  const lost = names.unansweredAfter(killedMs)
  // Of fifty a second.
  assert.ok(Math.max(...lost) < 25, `unanswered: ${lost}\n${house.daemon.lines.join('\n')}`)
})
