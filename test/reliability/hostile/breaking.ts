/** What a mistake, another version or an attacker makes of a sound input; by a seed. */
import type { Random } from '../../random.ts'

/** With a few places changed; the whole replaced now and then. */
export function brokenText(random: Random, text: string): string {
  if (random.chance(0.03)) return random.pick(oddTexts)
  let broken = text
  for (let times = random.below(4); times > 0; times -= 1) {
    const at = random.below(broken.length + 1)
    const to = Math.min(broken.length, at + random.below(12))
    const middle = random.pick([
      '',
      random.pick(oddTexts),
      String.fromCodePoint(random.below(0xd800)),
      broken.slice(at, to).repeat(2 + random.below(30)),
      broken.slice(0, at),
    ])
    broken = broken.slice(0, at) + middle + broken.slice(to)
  }
  return broken.slice(0, longest)
}

export function brokenBytes(random: Random, bytes: Buffer): Buffer {
  let broken = Buffer.from(bytes)
  for (let times = random.below(5); times > 0; times -= 1) {
    const at = random.below(broken.length + 1)
    switch (random.below(4)) {
      case 0:
        broken = broken.subarray(0, at)
        break
      case 1:
        broken = Buffer.concat([broken, broken.subarray(at)]).subarray(0, longest)
        break
      case 2:
        if (at < broken.length) broken.writeUInt8(random.below(256), at)
        break
      default:
        broken = Buffer.concat([broken.subarray(0, at), noise(random), broken.subarray(at)])
    }
  }
  return broken
}

/** Each value in it may be another one; keys go, come and repeat. */
export function brokenValue(random: Random, value: unknown, depth = 0): unknown {
  if (random.chance(depth === 0 ? 0.03 : 0.08)) return random.pick(oddValues)
  if (Array.isArray(value)) {
    const items = value.map((item) => brokenValue(random, item, depth + 1))
    return random.chance(0.05) ? [...items, ...items] : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(() => !random.chance(0.06))
    .map(([key, item]) => [
      random.chance(0.03) ? random.pick(oddKeys) : key,
      brokenValue(random, item, depth + 1),
    ])
  return Object.fromEntries(entries)
}

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.below(20) }, () => random.below(256)))
}

const longest = 20_000
const oddKeys = ['__proto__', 'constructor', 'toString', 'dev', 'dst', '', 'addr_info']
const oddTexts = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '\r\n',
    '\t',
    '"',
    "'",
    '`',
    '\\',
    '%',
    '#',
    '/',
    '+',
    '{',
    '}',
    '[',
    '(',
  ],
  ...['$(reboot)', '; flush ruleset', '<script>alert(1)</script>', '&lt;', '{{ 1 }}', '../../etc'],
  ...[
    '__proto__',
    'constructor',
    'null',
    'true',
    '-1',
    '1e999',
    'NaN',
    '0x10',
    '999999999999999999',
  ],
  ...['::', '0.0.0.0/0', 'fe80::1%eth0', '256.1.1.1', '1.1.1.1/33', 'ａ', '\u202e', '😀', '\uFEFF'],
  ...['&a [*a, *a]', '!!js/function "x"', '---\n...', '- '.repeat(200), '['.repeat(500)],
]
const oddValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 53, Number.MAX_VALUE, [], {}, [[]], '', ' ', '\0'],
  ...[
    'default',
    'all',
    '::/0',
    '0.0.0.0/0',
    '::ffff:1.2.3.4',
    '1.2.3.4/99',
    'fe80::1%eth0',
    '0xfg',
  ],
  ...['x'.repeat(5_000), '__proto__', 'lo', 'eth0', 4_294_967_296, { toString: null }, ['UP', 7]],
]
