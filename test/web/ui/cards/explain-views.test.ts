import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExplainedCase } from '../../../../src/model/published/explanation.ts'
import { answerViews } from '../../../../src/web/ui/cards/explain-views.ts'
import { voice } from '../texts/voices.ts'

const answer: ExplainedCase = {
  when: 'now',
  policy: 'default',
  rule: 'rule add pref 10900 lookup 100',
  table: 100,
  wan: 'fibre',
  gateway: '192.168.1.1',
  link: 'eth0',
  reason: 'fibre is up: every target answers',
}

const nowhere = { wan: null, gateway: null, link: null, table: null, rule: null }

function print(language: string): string[] {
  const cases: ExplainedCase[] = [
    answer,
    { ...answer, when: 'if fibre were down', wan: 'lte' },
    { ...answer, when: 'if lte were down', ...nowhere },
    { ...answer, when: 'someday', wan: null, gateway: null },
  ]
  return answerViews(cases, voice(language).texts).map(
    ({ when, sentence, well }) => `${well ? '+' : '-'} ${when}: ${sentence}`,
  )
}

test('an answer is a sentence first', () => {
  assert.deepEqual(print('en'), [
    '+ Now: It goes out through fibre.',
    '+ If fibre were down: It goes out through lte.',
    '- If lte were down: It gets no Internet.',
    '+ someday: It doesn’t use a line: it goes to eth0.',
  ])
  assert.equal(print('fr')[1], '+ Si fibre était en panne: Il sort par lte.')
})

test('the details leave out what there is not', () => {
  const [full, none] = answerViews([answer, { ...answer, ...nowhere }], voice().texts)
  assert.deepEqual(
    full?.details.map(({ label, value }) => `${label}: ${value}`),
    [
      'Policy: default',
      'Rule: rule add pref 10900 lookup 100',
      'Table: 100',
      'Gateway: 192.168.1.1',
      'Interface: eth0',
    ],
  )
  assert.deepEqual(
    none?.details.map(({ label, value }) => `${label}: ${value}`),
    ['Policy: default', 'Rule: none matches'],
  )
})
