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
        'Only this machine itself stays online. Devices behind it don’t get through.',
      '+ Packet rules: ' +
        'Devices can have policies, and their addresses are translated where needed.',
      '- Marks on connections: ' +
        'At a failback only your devices’ TCP connections stay until they end.',
      '- Connection list: ' + 'After a failover some programs hang until they notice.',
      '- Multipath routes: ' +
        'Nothing is missing: connections are spread over several lines without them.',
    ],
  )
})
