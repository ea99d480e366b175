import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EchoSample } from '../../measure/echo-stream.ts'
import type { DemoState } from '../demo-state.ts'
import { dumpDifference } from '../host-dump.ts'
import { answerStrip } from './answer-strip.ts'
import { eventSentence } from './event-sentence.ts'
import { frame } from './frame.ts'
import { plainLines } from './plain-lines.ts'
import { summary } from './summary.ts'

const primary = {
  number: 1,
  name: 'primary',
  gateway: '192.168.0.1',
  state: 'up',
  latencyMs: 0.34,
  lossPercent: 0,
  cut: false,
} as const

const secondary = {
  ...primary,
  number: 2,
  name: 'secondary',
  gateway: '192.168.0.2',
  lossPercent: null,
} as const

const bothUp: DemoState = {
  elapsedMs: 3210,
  chapter: { number: 1, of: 6, title: 'Both lines live', sentence: 'Both lines work.' },
  wans: [primary, secondary],
  carrying: 1,
  daemonOnline: true,
  strip: ['nothing sent', 1, 1, 'lost', 2],
  events: [],
  results: [{ step: 'both WANs up', measured: 'after 1.0 s', expected: 'at most 20 s', ok: true }],
  keys: null,
}

const failedOver: DemoState = {
  ...bothUp,
  wans: [{ ...primary, state: 'down', latencyMs: null, lossPercent: 100, cut: true }, secondary],
  carrying: 2,
  events: ['primary is down: silence', 'failover from primary to secondary: primary is down'],
}

function drawn(state: DemoState, size: { columns?: number; rows?: number } = {}): string[] {
  const lines = frame(state, { columns: 80, rows: 40, colour: false, ...size })
  return lines.map((line) => line.trimEnd())
}

test('with both lines up the way through gateway 1 is heavy', () => {
  assert.deepEqual(drawn(bothUp), [
    ' WAN Failover   1 of 6: Both lines live                     daemon online   3 s',
    '',
    ' Both lines work.',
    '',
    '',
    '                            ┌───────────────┐',
    '                       ┏━━━━┥   gateway 1   ┝━━━━━━━━━━┓',
    ' ┌────────┐  ┌──────┐  ┃    │  192.168.0.1  │          ┃  ┌──────────┐',
    ' │ client ├━━┤ host ├━━┩    └───────────────┘          ┡━━┤ Internet │',
    ' └────────┘  └──────┘  │    ┌───────────────┐          │  └──────────┘',
    '                       └────┤   gateway 2   ├──────────┘',
    '                            │  192.168.0.2  │',
    '                            └───────────────┘',
    '',
    ' WAN 1 primary   up       latency 0.3 ms   loss 0 %    in use',
    ' WAN 2 secondary up       latency 0.3 ms   loss –',
    '',
    ' The client’s last answers, through WAN 1 or 2; · is a lost packet:',
    '  11·2',
    '',
    ' Newest event: nothing happened yet',
    '',
    '',
    '',
    ' ✓ both WANs up: after 1.0 s (expected: at most 20 s)',
  ])
})

test('after a failover the dead way is crossed out, the other one heavy, the newest event told', () => {
  const lines = drawn(failedOver)
  for (const line of [
    '                       ┌────┤   gateway 1   ├────╳─────┐',
    ' │ client ├━━┤ host ├━━┪    └───────────────┘          ┢━━┤ Internet │',
    '                       ┗━━━━┥   gateway 2   ┝━━━━━━━━━━┛',
    ' WAN 1 primary   down     latency –        loss 100 %          upstream silent',
    ' WAN 2 secondary up       latency 0.3 ms   loss –      in use',
    ' Newest event: failover from primary to secondary: primary is down',
  ]) {
    assert.ok(lines.includes(line), `${line}\nis missing in\n${lines.join('\n')}`)
  }
})

test('a cut line is crossed out before the daemon knows', () => {
  const state: DemoState = { ...bothUp, wans: [{ ...primary, cut: true }, secondary] }
  assert.ok(drawn(state).includes('                       ┏━━━━┥   gateway 1   ┝━━━━╳━━━━━┓'))
})

test('while nobody knows who carries the traffic no way is heavy', () => {
  assert.doesNotMatch(drawn({ ...bothUp, carrying: null }).join('\n'), /[━┃┏┓┗┛┩┪┡┢]/)
})

test('the live way is green, the dead one red, and without colour there is no escape code', () => {
  const size = { columns: 80, rows: 40 }
  const coloured = frame(failedOver, { ...size, colour: true }).join('\n')
  assert.ok(coloured.includes('\x1b[1;32m┗━━━━\x1b[0m'), 'the live way')
  assert.ok(coloured.includes('\x1b[31m┌────\x1b[0m'), 'the dead way')
  const plain = frame(failedOver, { ...size, colour: false }).join('')
  assert.doesNotMatch(plain, /\p{Cc}/u)
})

test('whatever the terminal’s size, no line is too wide and there are not too many', () => {
  const long = 'word '.repeat(60)
  const state: DemoState = {
    ...failedOver,
    chapter: { ...bothUp.chapter, sentence: long },
    events: [long],
    results: Array.from({ length: 9 }, () => bothUp.results).flat(),
    strip: Array.from({ length: 200 }, () => 1 as const),
    keys: 'q end',
  }
  for (const columns of [1, 12, 40, 69, 70, 80, 100, 250]) {
    for (const rows of [1, 5, 12, 20, 24, 40]) {
      const lines = frame(state, { columns, rows, colour: false })
      const widest = Math.max(...lines.map((line) => line.length))
      assert.ok(lines.length <= rows, `${lines.length} lines of ${rows}`)
      assert.ok(widest <= columns, `${widest} columns of ${columns}`)
      assert.equal(lines.at(-1), ' q end'.slice(0, columns), 'the keys stay visible')
    }
  }
})

test('a picture that does not fit is left out, the story is not', () => {
  for (const size of [{ columns: 69 }, { rows: 16 }]) {
    const lines = drawn(bothUp, size)
    assert.doesNotMatch(lines.join('\n'), /┌/)
    assert.ok(lines.includes(' Both lines work.'), lines.join('\n'))
    assert.ok(lines.includes('  11·2'), lines.join('\n'))
  }
  assert.match(drawn(bothUp, { columns: 80, rows: 24 }).join('\n'), /┌/)
})

test('a control character in a reason reaches no terminal', () => {
  const lines = drawn({ ...bothUp, events: ['primary\x1b[2J is down'] })
  assert.ok(lines.includes(' Newest event: primary?[2J is down'), lines.join('\n'))
})

test('a cell of the strip has the WAN of its answers, and one lost packet shows', () => {
  const answered = (sentMs: number, wan: 1 | 2): EchoSample => ({
    number: sentMs,
    sentMs,
    answer: { atMs: sentMs + 1, wan, address: '' },
  })
  const samples: EchoSample[] = [
    answered(1000, 1),
    answered(1010, 1),
    answered(1100, 1),
    { number: 2, sentMs: 1110, answer: null },
    answered(1120, 1),
    answered(1200, 2),
    // Its answer may still be on its way.
    { number: 3, sentMs: 1310, answer: null },
  ]
  assert.deepEqual(answerStrip(samples, 1455).slice(-4), ['nothing sent', 1, 'lost', 2])
  assert.equal(answerStrip(samples, 1555).at(-1), 'lost')
})

test('an event is a sentence with the times that are known', () => {
  const event = {
    event_type: 'failover',
    from: 'primary',
    to: 'secondary',
    wan: 'secondary',
    reason: 'primary is down',
    detect_ms: 1005,
    switch_ms: 18,
    at: '',
  } as const
  assert.equal(
    eventSentence(event),
    'failover from primary to secondary (detected in 1005 ms, switched in 18 ms): primary is down',
  )
  assert.equal(
    eventSentence({ ...event, event_type: 'wan_up', wan: 'primary', reason: 'it answers' }),
    'primary is up: it answers',
  )
})

test('plain lines tell what is new, once', () => {
  assert.deepEqual(plainLines(null, bothUp), [
    '[  3.2 s] ok: both WANs up: after 1.0 s (expected: at most 20 s)',
    '[  3.2 s] 1 of 6, Both lines live: Both lines work.',
  ])
  assert.deepEqual(plainLines(bothUp, bothUp), [])
  assert.deepEqual(plainLines(bothUp, failedOver), [
    '[  3.2 s] event: primary is down: silence',
    '[  3.2 s] event: failover from primary to secondary: primary is down',
  ])
})

test('the summary is a table where it fits, else a line a step', () => {
  const results = [
    ...bothUp.results,
    { step: 'failback', measured: '3 of 600 lost', expected: '0 packets lost', ok: false },
  ]
  assert.deepEqual(summary(results, 80), [
    'step          measured       expected        result',
    '───────────────────────────────────────────────────',
    'both WANs up  after 1.0 s    at most 20 s    ok',
    'failback      3 of 600 lost  0 packets lost  failed',
  ])
  assert.deepEqual(summary(results, 50), [
    'ok: both WANs up: after 1.0 s (expected: at most 20 s)',
    'failed: failback: 3 of 600 lost (expected: 0 packets lost)',
  ])
})

test('two dumps differ by what went and what came, whatever the order of their lines', () => {
  assert.deepEqual(dumpDifference(['a', 'b', 'b'], ['b', 'a', 'b']), [])
  assert.deepEqual(dumpDifference(['a', 'b', 'b'], ['c', 'b']), ['- a', '- b', '+ c'])
})
