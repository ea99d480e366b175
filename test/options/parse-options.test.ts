/** What can't be read, and what nobody knows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from '../../src/options/parse-options.ts'
import { maxOptionsBytes, sizeProblem } from '../../src/options/read-yaml.ts'
import { problemsOf, testRefused } from './refused.ts'

testRefused('texts', [
  [
    'an empty file',
    '',
    'options: found an empty file, expected at least wans: with 2 to 8 WANs, or wans: [] to observe only',
  ],
  [
    'a file of comments',
    '# later\n',
    'options: found an empty file, expected at least wans: with 2 to 8 WANs, or wans: [] to observe only',
  ],
  [
    'an empty mapping',
    '{}',
    'wans: found nothing, expected a list of 2 to 8 WANs, or [] to observe only',
  ],
  [
    'a list',
    '- wans',
    'options: found a list with 1 entry, expected a mapping of options, starting with wans:',
  ],
  [
    'a sentence',
    'hello there',
    'options: found "hello there", expected a mapping of options, starting with wans:',
  ],
  [
    'a tab as indentation',
    'wans:\n\t- name: a',
    'line 2, column 1: found tabs are not allowed as indentation, expected valid YAML or JSON',
  ],
  [
    'a bracket that is not closed',
    'wans: [',
    'line 1, column 8: found flow sequence in block collection must be sufficiently indented and end with a ], expected valid YAML or JSON',
  ],
  [
    'the same key twice',
    'wans: []\nprobe:\n  interval: 1\n  interval: 2',
    'line 4, column 3: found probe.interval again, expected each key once',
  ],
  [
    'keys that every JavaScript object has',
    'wans: []\ntoString: 1\n__proto__: 1\nconstructor: 1\nprototype: 1',
    'line 2, column 1: found toString, an unknown option, expected a known one',
    'line 3, column 1: found __proto__, an unknown option, expected a known one',
    'line 4, column 1: found constructor, an unknown option, expected a known one',
    'line 5, column 1: found prototype, an unknown option, expected a known one',
  ],
  [
    'a tag nobody knows',
    'wans: []\nmqtt:\n  password: !hunter2 x',
    'line 3, column 13: found unresolved tag, expected valid YAML or JSON',
  ],
  [
    'an alias without its anchor',
    'wans: *lines',
    'options: found an alias (*) without its anchor (&), expected plain YAML or JSON',
  ],
  [
    'aliases that multiply',
    `a: &a [x]\n${Array.from(
      { length: 9 },
      (_, i) => `b${i}: &b${i} [${Array(9).fill(i === 0 ? '*a' : `*b${i - 1}`)}]`,
    ).join('\n')}`,
    'options: found aliases (*) that multiply, expected plain YAML or JSON',
  ],
  [
    'more than 200 kB',
    ' '.repeat(maxOptionsBytes + 1),
    'options: found 200001 bytes, expected at most 200000 bytes',
  ],
  [
    'a second document, whose options would be lost without a word',
    'wans: []\n---\nlog_level: debug\n',
    'line 2, column 1: found the start of a second document (---), expected all options in one document',
  ],
  [
    'a second document behind the end of the first',
    'wans: []\n...\n---\npolicies: []\n',
    'line 3, column 1: found the start of a second document (---), expected all options in one document',
  ],
])

testRefused('unknown keys', [
  [
    'at each level, with the likeliest meant',
    `wans:
- { name: primary, gatway: 192.168.0.1, gateway: 192.168.0.1 }
- { name: secondary, gateway: 192.168.0.2, cap-mb: 10 }
policies: [{ name: a, from: [all], use: [none], form: [] }]
default_policy: { balanced: true }
prob: { interval: 1 }
probe: { intervall: 1, colour: red }
`,
    'wans[0].gatway: found an unknown option, expected gateway, perhaps',
    'wans[1].cap-mb: found an unknown option, expected cap_mb, perhaps',
    'policies[0].form: found an unknown option, expected from, perhaps',
    'default_policy.balanced: found an unknown option, expected balance, perhaps',
    'probe.intervall: found an unknown option, expected interval, perhaps',
    'probe.colour: found an unknown option, expected one of targets, targets6, methods, dns_name, tcp_port, http_url, interval, metered_interval, timeout, down_after, up_after, max_loss_percent, max_latency_ms',
    'prob: found an unknown option, expected probe, perhaps',
  ],
  [
    'a key that is long and strange is shortened and escaped',
    `wans: []\n"${'a b\\n'.repeat(30)}": 1`,
    `"a b\\na b\\na b\\na b\\na b\\na b\\na b\\na b\\na b\\na b…": found an unknown option, expected one of wans, policies, default_policy, probe, failback, sidestep, dns_rescue, pair, nat, test_failover, on_stop, tunnels, forwards, mqtt, notify, log_level, web`,
  ],
])

test('nesting without end is a problem with its place, not a crash', () => {
  for (const text of ['['.repeat(100_000), '{"a":'.repeat(30_000)]) {
    assert.match(problemsOf(text)[0] ?? '', /^line 1, column \d+: found nesting without end/)
  }
})

test('a password never shows, however it is mistyped', () => {
  const secret = 'hunter2'
  for (const written of [
    `password: "${secret}" ${secret}`,
    `password: *${secret}`,
    `password: !${secret}`,
    `password: [${secret}]`,
    `password: { ${secret}: [${secret}`,
    `pasword: ${secret}`,
    `password: "\\q${secret}"`,
    `password: ${secret}: ${secret}`,
    `password: ${secret}`,
    `password: @${secret}`,
  ]) {
    const problems = problemsOf(`wans: []\nmqtt:\n  ${written}\n`).join('\n')
    assert.notEqual(problems, '', written)
    assert.ok(!problems.includes(secret), problems)
  }
})

test('a bad file of a thousand lines prints fifty, and counts the others', () => {
  const lines = problemsOf(
    JSON.stringify({ wans: [], notify: [], ...Object.fromEntries(thousandKeys()) }),
  )
  assert.equal(lines.length, 51)
  assert.equal(lines.at(-1), 'and 950 more')
})

test('a caller can refuse a file by its size before reading it', () => {
  assert.equal(sizeProblem(maxOptionsBytes), null)
  assert.deepEqual(sizeProblem(10_000_000), {
    path: 'options',
    found: '10000000 bytes',
    expected: 'at most 200000 bytes',
  })
})

test('a megabyte that is made to be slow is refused before it is parsed', () => {
  for (const text of ['- {}\n'.repeat(200_000), '['.repeat(1_000_000), '%\n'.repeat(500_000)]) {
    const startMs = performance.now()
    assert.match(problemsOf(text)[0] ?? '', /^options: found 1000000 bytes/)
    assert.ok(performance.now() - startMs < 200)
  }
})

test('one document may be marked as such', () => {
  assert.equal(parseOptions('---\nwans: []\n...\n').kind, 'ok')
})

function thousandKeys(): [string, number][] {
  return Array.from({ length: 1000 }, (_, i) => [`key${i}`, i])
}
