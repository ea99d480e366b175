import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradeView } from '../../../../src/web/ui/cards/grade-view.ts'
import { scenario } from '../scenario.ts'
import { noonMs, voice } from '../texts/voices.ts'

test('a whole kernel needs one sentence, a small one says what the user misses', () => {
  const { texts } = voice()
  const whole = scenario('well', noonMs)
  assert.deepEqual(
    [gradeView(whole.snapshot, whole.setup, texts).sentence],
    ['Everything WAN Failover needs is there.'],
  )
  const small = scenario('limited', noonMs)
  const { full, rows } = gradeView(small.snapshot, small.setup, texts)
  assert.equal(full, false)
  assert.deepEqual(
    rows.map(({ name, there, meaning }) => `${there ? '+' : '-'} ${name}: ${meaning}`),
    [
      '- Devices behind this machine: ' +
        'Only this machine itself is kept online. Devices behind it don’t get through.',
      '+ Packet rules: ' +
        'Devices can be treated differently, and their addresses are translated where needed.',
      '- Marks on connections: ' +
        'At a failback all connections move at once instead of staying until they end.',
      '- Connection list: ' +
        'After a failover some programs hang until they notice it themselves.',
      '- Multipath routes: ' +
        'Nothing is lost: connections are spread over several lines without them.',
    ],
  )
})
