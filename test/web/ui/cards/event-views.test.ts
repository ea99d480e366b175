import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PastEvent } from '../../../../src/model/published/history.ts'
import { eventTypes } from '../../../../src/model/published/snapshot.ts'
import { eventViews } from '../../../../src/web/ui/cards/event-views.ts'
import { scenario } from '../scenario.ts'
import { event } from '../scenario-parts.ts'
import { noonMs, voice } from '../texts/voices.ts'

const dayMs = 86_400_000

function print(events: readonly PastEvent[], fromMs: number, language = 'en-GB'): string[] {
  return eventViews({ ...voice(language), events, fromMs, nowMs: noonMs }).map(
    ({ when, tone, title, figures }) =>
      [when, tone, title, ...figures].join(' | ').replaceAll('\u00a0', ' '),
  )
}

test('the newest comes first, with what it took and how long it lasted', () => {
  assert.deepEqual(print(scenario('failover', noonMs).events, noonMs - dayMs), [
    '11:56 | notice | Failover from fibre to lte | noticed in 661 ms | switched in 6 ms | ' +
      'for 3 mins 59 secs so far',
    '11:56 | bad | fibre went down | noticed in 661 ms | for 4 mins so far',
    '03:04 | good | Back from lte to fibre | switched in 5 ms',
    '03:04 | good | fibre works again',
    '03:00 | notice | Failover from fibre to lte | noticed in 655 ms | switched in 6 ms | ' +
      'lasted 4 mins 30 secs',
    '03:00 | bad | fibre went down | noticed in 655 ms | lasted 4 mins',
  ])
})

test('what is older than the chosen time is left out', () => {
  const { events } = scenario('well', noonMs)
  assert.equal(print(events, noonMs - dayMs).length, 4)
  assert.equal(print(events, noonMs - 30 * dayMs).length, events.length)
})

test('every event has a sentence, in German too', () => {
  const events = eventTypes.map((type) =>
    event(noonMs, 0, type, { from: 'eins', to: 'zwei', wan: 'drei' }, 1_000),
  )
  const titles = print(events, 0, 'de').map((line) => line.split(' | ')[2])
  assert.deepEqual(titles.toReversed(), [
    'Umgeschaltet von eins auf zwei',
    'Zurück von eins auf zwei',
    'drei ist ausgefallen',
    'drei funktioniert wieder',
    'drei funktioniert schlecht',
    'Alle Leitungen sind ausgefallen',
    'Wieder online mit drei',
    'Namen werden nicht mehr aufgelöst',
    'Namen werden wieder aufgelöst',
    'Diese Box hat das Haus übernommen',
    'Diese Box hat der anderen Platz gemacht',
    'Test begonnen: Der Verkehr meidet drei',
    'Test beendet',
  ])
})
