import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Formats } from '../../../../src/web/ui/texts/formats.ts'
import { noonMs } from './voices.ts'

const english = new Formats('en-GB', 'UTC')
const german = new Formats('de', 'UTC')

/** Intl's spaces that don't break are right on the page and hard to read here. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ')
}

test('figures are as exact as a user can use them', () => {
  const rows: [string, string][] = [
    [english.milliseconds(8.44), '8.4 ms'],
    [english.milliseconds(48.4), '48 ms'],
    [english.milliseconds(null), '–'],
    [german.milliseconds(1234.5), '1.235 ms'],
    [english.percent(0), '0%'],
    [english.percent(0.24), '0.2%'],
    [english.percent(31.4), '31%'],
    [german.percent(12), '12 %'],
    [english.bytes(0), '0 byte'],
    [english.bytes(999), '999 byte'],
    [english.bytes(3_422_118_004), '3.4 GB'],
    [english.bytes(184_203_442_118), '184 GB'],
    [english.bytes(null), '–'],
    [german.bytes(640_118_220), '640 MB'],
  ]
  for (const [got, wanted] of rows) assert.equal(plain(got), wanted)
})

test('a duration has its two largest units', () => {
  const rows: [number, string][] = [
    [0, '0 secs'],
    [-5, '0 secs'],
    [41_000, '41 secs'],
    [60_000, '1 min'],
    [270_000, '4 mins 30 secs'],
    [3_600_000, '1 hr'],
    [32_100_000, '8 hrs 55 mins'],
    [3 * 86_400_000 + 7_200_000, '3 days 2 hrs'],
  ]
  for (const [ms, wanted] of rows) assert.equal(plain(english.duration(ms)), wanted)
  assert.equal(plain(english.roughly(32_100_000)), '8 hrs')
  assert.equal(plain(english.took(655.4)), '655 ms')
  assert.equal(plain(english.took(1_260)), '1.3 secs')
  assert.equal(plain(german.minutes(10)), '10 Minuten')
})

test('a countdown ends at nothing and never goes below it', () => {
  const rows: [number, string][] = [
    [600_000, '10:00'],
    [580_100, '9:41'],
    [999, '0:01'],
    [0, '0:00'],
    [-4_000, '0:00'],
  ]
  for (const [ms, wanted] of rows) assert.equal(english.countdown(ms), wanted)
})

test('a moment has its day where it is not today', () => {
  const rows: [string, string][] = [
    ['2026-11-21T09:05:00Z', '09:05'],
    ['2026-11-20T23:30:00Z', 'Fri 23:30'],
    ['2026-11-01T23:30:00Z', '1 Nov, 23:30'],
  ]
  for (const [at, wanted] of rows) {
    assert.equal(plain(english.moment(Date.parse(at), noonMs)), wanted)
  }
})
