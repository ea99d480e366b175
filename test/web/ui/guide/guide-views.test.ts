import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FoundLine, LineSearch } from '../../../../src/model/published/found-line.ts'
import { changeViews } from '../../../../src/web/ui/frame/changes.ts'
import { firstAnswers } from '../../../../src/web/ui/guide/answers.ts'
import type { Drill } from '../../../../src/web/ui/guide/drill.ts'
import { linesVerdict, lineViews } from '../../../../src/web/ui/guide/line-views.ts'
import { meaningOf } from '../../../../src/web/ui/guide/meaning.ts'
import { plannedWans } from '../../../../src/web/ui/guide/planned-wans.ts'
import { reportView } from '../../../../src/web/ui/guide/report-view.ts'
import { guideTexts } from '../../../../src/web/ui/texts/guide/language.ts'
import { exampleDevice, exampleDevices } from '../../../examples/example-devices.ts'
import { exampleLine, exampleSearch } from '../../../examples/example-search.ts'
import { snapshot } from '../scenario-parts.ts'
import { voice } from '../texts/voices.ts'

const guide = guideTexts('en')
const said = { ...voice(), guide }

const second: FoundLine = {
  ...exampleLine,
  id: 'eth0/192.168.0.2',
  gateway: '192.168.0.2',
  maker: 'AVM',
  suggested: { ...exampleLine.suggested, name: 'secondary', metered: true },
}
const twin: FoundLine = { ...second, same_as: exampleLine.id }
const dead: FoundLine = { ...second, answered: [], latency_ms: null, public_ip: null }

test('a line is shown with what answered, its maker, and whether it is another one', () => {
  const [one, other] = lineViews([exampleLine, second], said)
  assert.deepEqual(one, {
    id: 'eth0/192.168.0.1',
    title: 'Router',
    tone: 'good',
    status: 'Internet works',
    relation: 'A line of its own',
    configured: null,
    facts: [
      ['Address', '192.168.0.1'],
      ['Reached by', 'eth0'],
      ['Latency', '9.5 ms'],
      ['Public address', '198.51.100.7'],
      ['Answered', '1.1.1.1'],
    ],
  })
  assert.equal(other?.title, 'Router by AVM')
})

test('a second way to the same line says so, and a dead one has nothing to compare', () => {
  const [, doubled] = lineViews([exampleLine, twin], said)
  assert.deepEqual(
    [doubled?.tone, doubled?.relation],
    ['notice', 'The same line as Router (192.168.0.1)'],
  )
  const [silent] = lineViews([dead], said)
  assert.deepEqual(
    [silent?.tone, silent?.status, silent?.relation],
    ['bad', 'No Internet behind it', null],
  )
})

test('what all lines come to is said, with hints where one is missing', () => {
  const verdict = (lines: readonly FoundLine[], state: LineSearch['state'] = 'done') =>
    linesVerdict({ ...exampleSearch, state, lines }, guide)
  assert.equal(verdict([exampleLine, second], 'searching'), null)
  const cases = [
    [[exampleLine, second], /^Two different lines/, false],
    [[exampleLine, twin], /^All that was found leads to the same line/, true],
    [[exampleLine, dead], /^One line was found/, true],
    [[dead], /^No line/, true],
    [[], /^No line/, true],
  ] as const
  for (const [lines, text, needsHelp] of cases) {
    const seen = verdict(lines)
    assert.match(seen?.text ?? '', text)
    assert.equal(seen?.needsHelp, needsHelp)
  }
})

test('the picture of what will be has the first line in use and the next on standby', () => {
  const lines = [exampleLine, second]
  const wans = plannedWans(firstAnswers(lines, {}), lines, said)
  assert.deepEqual(
    wans.map(({ name, inUse, standby, metered, via }) => [name, inUse, standby, metered, via]),
    [
      ['primary', true, false, false, '192.168.0.1 on eth0'],
      ['secondary', false, true, true, '192.168.0.2 on eth0'],
    ],
  )
})

test('what the answers mean is said in sentences', () => {
  const sentences = meaningOf(firstAnswers([exampleLine, second], {}), guide)
  assert.deepEqual(sentences.slice(0, 3), [
    'primary is the main line.',
    'secondary takes over when primary is dead.',
    'secondary costs money, so it is left as soon as possible.',
  ])
})

test('no question has a word that only a network person knows', () => {
  const jargon = /\b(NAT|DHCP|DNS|MAC|subnet|metric|table|route|routing|policy|WAN|failback)\b/
  for (const text of Object.values(guide.ask)) {
    const words = typeof text === 'string' ? text : text('line', 'place')
    assert.doesNotMatch(words, jargon)
  }
})

test('a difference is shown as one would write it', () => {
  const difference = [
    { path: 'wans', before: [], after: [{ name: 'one', metered: true }] },
    { path: 'dns_rescue', before: null, after: 'off' },
    { path: 'notify', before: ['notify.x'], after: null },
  ]
  assert.deepEqual(changeViews(difference, guide.apply), [
    { path: 'wans', before: '[]', after: '[{ name: one, metered: true }]' },
    { path: 'dns_rescue', before: 'new', after: 'off' },
    { path: 'notify', before: '[notify.x]', after: 'removed' },
  ])
})

const drill: Extract<Drill, { kind: 'done' }> = {
  kind: 'done',
  before: snapshot(0, {}),
  from: 'primary',
  to: 'secondary',
  awayMs: 240,
  backMs: 1_300,
  moved: { default: 'secondary', kids: 'secondary' },
}

test('the report says what moved, how long it took, and which devices it protects', () => {
  const [used, tv] = exampleDevices.devices
  assert.ok(used !== undefined && tv !== undefined)
  const quiet = { ...exampleDevice, address: '192.168.0.51', name: null, maker: 'Sonos' }
  const later = { ...used, bytes: { ...used.bytes, secondary: 90_000 } }
  const before = { devices: [used, quiet, tv], truncated: false }
  const after = { devices: [later, quiet, tv], truncated: false }
  assert.deepEqual(reportView({ drill, before, after, ...said }), {
    ways: [
      ['From primary to secondary', '240 ms'],
      ['Back from secondary to primary', '1.3 secs'],
    ],
    slowBack: null,
    moved: [
      ['Everyone', 'secondary'],
      ['kids', 'secondary'],
    ],
    devices: {
      seen: [
        ['laptop (192.168.0.50)', 'used secondary during the test'],
        ['Sonos (192.168.0.51)', 'was quiet during the test'],
      ],
      seenMore: 0,
      passedBy: ['tv (192.168.0.60): its gateway is still 192.168.0.1.'],
      passedByMore: 0,
      advice: [guide.report.passedByHint('192.168.0.5')],
    },
  })
})

test('a report without devices says so, a slow return has no time, and long lists end', () => {
  const bare = reportView({ drill: { ...drill, backMs: null }, before: null, after: null, ...said })
  assert.equal(bare.devices, null)
  assert.equal(bare.ways.length, 1)
  assert.match(bare.slowBack ?? '', /not returned to primary/)
  const devices = Array.from({ length: 30 }, (_, index) => ({
    ...exampleDevice,
    address: `192.168.0.${index}`,
    gateway: null,
    through: index < 15,
  }))
  const after = { devices, truncated: false }
  const { devices: full } = reportView({ drill, before: null, after, ...said })
  assert.deepEqual([full?.seenMore, full?.passedByMore], [3, 3])
  assert.match(full?.passedBy[0] ?? '', /did not pass through this machine/)
})
