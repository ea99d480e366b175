/** What the parser says of wrong options, in the page's languages: nothing is missing, nothing is left over. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { supervisorObjection } from '../../../../../src/commands/options-desk/supervisor-objection.ts'
import { parseOptions } from '../../../../../src/options/parse-options.ts'
import { formatProblem, type Problem } from '../../../../../src/options/problem.ts'
import {
  type ProblemTexts,
  problemTexts,
  translateLine,
  translatePhrase,
} from '../../../../../src/web/ui/texts/problems/problem-texts.ts'
import { wrongOptionFiles } from '../../../../commands/run/wrong-option-files.ts'

const two = [
  { name: 'primary', gateway: '192.168.0.1' },
  { name: 'secondary', gateway: '192.168.0.2' },
]
const withTwo = (more: object) => JSON.stringify({ wans: two, ...more })
const withWan = (more: object) => JSON.stringify({ wans: [{ ...two[0], ...more }, two[1]] })
const withPolicy = (more: object) =>
  withTwo({ policies: [{ name: 'tablet', from: ['192.168.0.50'], use: ['primary'], ...more }] })
const manyWans = Array.from({ length: 9 }, (_, index) => ({
  name: `line_${index}`,
  gateway: `192.168.0.${index + 1}`,
}))

const key = 'zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M='
const tunnel = { name: 'a', endpoint: 'x:1', peer_key: key, address: ['203.0.113.80/32'] }
const invitation = `wan-failover://x:1/?peer_key=${key}&private_key=${key}&address=203.0.113.80/32&inside=10.99.0.1`

/** What the files made by hand don't bring about. */
const more: readonly string[] = [
  'x'.repeat(200_001),
  'a: *nowhere',
  `a: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefgh'
    .split('')
    .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(10).slice(0, -1)}]`)
    .join('\n')}`,
  `wans: ${'['.repeat(20_000)}`,
  'wans: []\ntoString: 1',
  '{"wans": [], "mqtt": 3}',
  '{"wans": [], "mqtt": true}',
  '{"wans": [], "mqtt": "x"}',
  JSON.stringify({ wans: manyWans }),
  JSON.stringify({ wans: [], policies: [{ name: 'x', from: ['all'], use: ['primary'] }] }),
  JSON.stringify({
    wans: [
      { ...two[0], interface: 'eth0', gateway6: 'fe80::1' },
      { ...two[1], interface: 'eth0', gateway6: 'fe80::1' },
    ],
  }),
  JSON.stringify({
    wans: [
      { ...two[0], interface: 'eth0' },
      { ...two[0], name: 'secondary' },
    ],
  }),
  withWan({ targets: ['2001:db8::1'] }),
  withWan({ targets: 'x' }),
  withWan({ targets: ['9.9.9.9', '9.9.9.9'] }),
  withWan({ targets: Array.from({ length: 17 }, (_, index) => `9.9.9.${index + 1}`) }),
  withPolicy({ from: [] }),
  withPolicy({ use: ['none', 'primary'] }),
  withPolicy({ use: [3] }),
  withPolicy({ use: 'primary' }),
  withPolicy({ to: 'x' }),
  withPolicy({ to: ['2001:db8::/32'] }),
  withPolicy({ from: ['2001:db8::1'], to: ['203.0.113.0/24'] }),
  withPolicy({ ports: 'x' }),
  withPolicy({ protocol: 'icmp', ports: ['443'] }),
  withTwo({ policies: ['tablet'] }),
  withTwo({ policies: {} }),
  withTwo({
    policies: Array.from({ length: 3_000 }, (_, index) => ({
      name: `p${index}`,
      from: ['all'],
      use: index % 2 === 0 ? ['primary'] : ['none'],
    })),
  }),
  withTwo({ tunnels: 'x' }),
  withTwo({ tunnels: ['x', { name: 'a' }, { name: 'b', invitation: 'x', kind: 'x', mode: 'x' }] }),
  withTwo({
    tunnels: [
      { ...tunnel, over: ['secondry', 'b', 'x'], private_key: 'x', address: ['2001:db8::1/64'] },
      { ...tunnel, name: 'b', over: 'x', address: 'x', peer_key: 'x', endpoint: 'x', mtu: 1 },
      { ...tunnel, name: 'a_long_name_of_one', address: ['x'] },
      { ...tunnel, name: 'a_long_name_of_two' },
      ...['', 'peer_key=x', `peer_key=${key}&private_key=${key}`].map((words) => ({
        name: 'c',
        invitation: `wan-failover://x:1/?${words}`,
      })),
      { ...tunnel, name: 'g', mode: 'both', over: ['primary'] },
      { ...tunnel, name: 'd', invitation: `${invitation}&mtu=1` },
      { ...tunnel, name: 'e', endpoint: 'x:2', invitation },
      { ...tunnel, name: 'f', invitation: invitation.replace('10.99.0.1', 'x') },
    ],
  }),
  withTwo({ tunnels: [{ ...tunnel, mode: 'both' }] }),
  JSON.stringify({
    wans: [two[0], { ...two[1], metered: true }],
    tunnels: [{ ...tunnel, mode: 'both' }],
  }),
  withTwo({ forwards: 'x' }),
  withTwo({ forwards: [{ tunnel: 'a', to: '192.168.0.10' }] }),
  withTwo({
    tunnels: [{ ...tunnel, name: 'home_ip' }],
    forwards: [
      'x',
      { tunnel: 'home_pi', protocol: 'any', port: 443, to: 'x' },
      { tunnel: 'elsewhere', protocol: 'x', port: 'x' },
      { tunnel: 5, to: '192.168.0.10' },
    ],
  }),
  JSON.stringify({ wans: [], tunnels: [tunnel] }),
  JSON.stringify({ wans: manyWans.slice(0, 8), tunnels: [tunnel] }),
  withTwo({ default_policy: [] }),
  withTwo({ default_policy: { a: 1 } }),
  withTwo({ probe: 1 }),
  withTwo({ probe: { targets: [] } }),
  withTwo({ probe: { targets: 'x', targets6: 'x', methods: 'x', dns_name: '-', down_after: 0.5 } }),
  withTwo({ probe: { targets6: ['x'], methods: [] } }),
  withTwo({ probe: { max_loss_percent: 101, max_latency_ms: 0 } }),
  withTwo({ test_failover: { minutes: 0 } }),
  withTwo({ mqtt: { host: 'a b', tls: {}, tls_ca_file: 'ca.pem', username: 3, password: 3 } }),
  withTwo({ mqtt: { host: {}, base_topic: [1, 2], port: [] } }),
  withTwo({ web: { port: 70_000 } }),
  withTwo({ notify: 'x' }),
  withTwo({ nonsense: 1 }),
]

const parsed = [...wrongOptionFiles.map(([, text]) => text), ...more].flatMap((text) => {
  const parsed = parseOptions(text)
  return parsed.kind === 'invalid' ? parsed.problems : []
})

/** What the Supervisor alone knows to be wrong. */
const refused = supervisorObjection("Unknown secret 'broker' in WAN Failover", {
  mqtt: { password: '!secret broker' },
})

const problems: readonly Problem[] = [...parsed, { ...refused, expected: refused.right }]

/** Why options were put back or are not in force. */
const lost = 'with the new options this host no longer reached'
const reasons: readonly string[] = [
  'nobody confirmed the new ones within 60 s',
  `${lost} the Supervisor`,
  `${lost} the gateway 192.168.0.1`,
  `${lost} its neighbours on eth0`,
  `${lost} the Supervisor, the gateway 192.168.0.1, its neighbours on eth0, the gateway fe80::1`,
  `${lost} its neighbours on eth0, its neighbours on wlan0`,
  `the options that stand there are not in force until they change: ${lost} the Supervisor`,
]

function asProblems(phrases: readonly string[]): readonly Pick<Problem, 'found' | 'expected'>[] {
  return phrases.map((phrase) => ({ found: phrase, expected: phrase }))
}

/** Said by YAML's parser itself, in words of its own. */
const isSyntax = ({ expected }: Problem) => expected === 'valid YAML or JSON'

for (const language of ['de', 'es', 'fr']) {
  describe(language, () => {
    const texts = problemTexts(`${language}-CH`) as ProblemTexts

    test('has words for all that the parser says', () => {
      const lacking = problems.flatMap((problem) => [
        ...(translatePhrase(problem.expected, texts) === null ? [problem.expected] : []),
        ...(translatePhrase(problem.found, texts) === null && !isSyntax(problem)
          ? [problem.found]
          : []),
      ])
      assert.deepEqual([...new Set(lacking)], [])
    })

    test('has words for why options were taken back', () => {
      for (const reason of reasons) {
        const said = translateLine(reason, texts)
        assert.ok(said !== null, reason)
        assert.doesNotMatch(said, /\b(?:the|its|new|reached|neighbours|confirmed)\b/, reason)
        for (const name of reason.match(/eth0|wlan0|[\d.]{9,}|fe80::1/g) ?? [])
          assert.ok(said.includes(name), said)
      }
    })

    test('has no words for what it never says', () => {
      const said = new Set<string>()
      const phrases = new Proxy(texts.phrases, {
        get: (target, name) => {
          said.add(String(name))
          return Reflect.get(target, name)
        },
      })
      for (const { found, expected } of [...problems, ...asProblems(reasons)]) {
        for (const phrase of [found, expected]) {
          const [english] =
            Object.entries(texts.phrases).find(([key]) => {
              const one = { ...texts, phrases: { [key]: key } }
              return (
                translatePhrase(phrase, one) !== null &&
                translatePhrase(phrase, { ...texts, phrases: {} }) === null
              )
            }) ?? []
          if (english !== undefined) said.add(english)
          translatePhrase(phrase, { ...texts, phrases })
        }
      }
      assert.deepEqual(
        Object.keys(texts.phrases).filter((key) => !said.has(key)),
        [],
      )
    })

    test('keeps every value of a phrase, and every word that must be written so', () => {
      for (const [english, other] of Object.entries(texts.phrases)) {
        const must =
          english.match(
            /\{\w\}|\[[^\]]*\]|\b(?:wans|protocol: (?:tcp|udp)|gateway: \w+)\b|\b\d[\d.:/a-f]+\d\b|\w+_\w+/g,
          ) ?? []
        for (const word of must) assert.ok(other.includes(word), `${word} is lost in: ${other}`)
      }
    })

    test('leaves no line in English', () => {
      for (const problem of problems) {
        const line = formatProblem(problem)
        const said = translateLine(line, texts) ?? ''
        assert.ok(said.startsWith(problem.path), line)
        assert.doesNotMatch(said, /\bfound\b|, expected /)
      }
      assert.notEqual(translateLine('and 7 more', texts), 'and 7 more')
      assert.match(translateLine('and 7 more', texts) ?? '', /7/)
    })
  })
}

test('English needs no translation, and what is no problem of options has none', () => {
  assert.equal(problemTexts('en-GB'), null)
  assert.equal(
    translateLine('the table main has no default', problemTexts('de') as ProblemTexts),
    null,
  )
})

test('what a user wrote is quoted as it is', () => {
  const texts = problemTexts('de') as ProblemTexts
  const line =
    'wans[0].name: found "nothing, expected", expected another name: wans[1] has this one'
  assert.equal(
    translateLine(line, texts),
    'wans[0].name: Hier steht "nothing, expected". Richtig wäre: ein anderer Name: wans[1] hat diesen schon.',
  )
})
