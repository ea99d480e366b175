/** Which line carries a tunnel. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chooseRide, type RideQuestion } from '../../src/decision/ride.ts'
import type { WanHealth } from '../../src/model/health.ts'
import { exampleHealth } from '../examples/example-health.ts'

const up = exampleHealth('up', { sinceMs: 0, holdDownMs: 30_000 })
const down = exampleHealth('down', { reason: 'no reply' })
const silent = exampleHealth('up', { suspectSinceMs: 99_000 })

function ride(
  healths: Readonly<Record<string, WanHealth>>,
  changes: Partial<RideQuestion> = {},
): ReturnType<typeof chooseRide> {
  return chooseRide({
    allowed: ['primary', 'secondary'],
    healths: new Map(Object.entries(healths)),
    current: 'primary',
    mode: 'automatic',
    test: null,
    shunned: new Set(),
    costly: new Set(),
    nowMs: 100_000,
    ...changes,
  })
}

describe('a tunnel rides', () => {
  const rows: readonly (readonly [string, ReturnType<typeof chooseRide>, string | null, RegExp])[] =
    [
      [
        'on the first line',
        ride({ primary: up, secondary: up }, { current: null }),
        'primary',
        /can carry/,
      ],
      ['where it is', ride({ primary: up, secondary: up }), 'primary', /the first/],
      [
        'on the other one at a suspicion',
        ride({ primary: silent, secondary: up }),
        'secondary',
        /primary has fallen silent/,
      ],
      [
        'on the other one at a verdict',
        ride({ primary: down, secondary: up }),
        'secondary',
        /primary is down: no reply/,
      ],
      [
        'on the other one where nobody answers in it by the first',
        ride({ primary: up, secondary: up }, { shunned: new Set(['primary']) }),
        'secondary',
        /through the tunnel by primary/,
      ],
      [
        'on no costly line for a mere doubt',
        ride({ primary: silent, secondary: up }, { costly: new Set(['secondary']) }),
        'primary',
        /before there is a verdict on primary/,
      ],
      [
        'on a costly line after the verdict',
        ride({ primary: down, secondary: up }, { costly: new Set(['secondary']) }),
        'secondary',
        /primary is down/,
      ],
      [
        'where it is while all are silent',
        ride({ primary: silent, secondary: silent }),
        'primary',
        /no other line/,
      ],
      [
        'where it is while all are dead',
        ride({ primary: down, secondary: down }),
        'primary',
        /no line is healthy/,
      ],
      [
        'on the one that begins to answer where all are dead',
        ride({ primary: down, secondary: { ...down, answersSinceMs: 99_000 } }),
        'secondary',
        /the best there is/,
      ],
      [
        'nowhere where no line may carry it',
        ride({ primary: up }, { allowed: [] }),
        null,
        /no line may/,
      ],
      [
        'on another one during a test',
        ride({ primary: up, secondary: up }, { test: { avoid: 'primary', untilMs: 1e6 } }),
        'secondary',
        /test avoids primary/,
      ],
      [
        'where a test avoids it, if nothing else lives',
        ride({ primary: up, secondary: down }, { test: { avoid: 'primary', untilMs: 1e6 } }),
        'primary',
        /no other line/,
      ],
      [
        'on the line chosen by hand',
        ride({ primary: up, secondary: up }, { mode: 'secondary' }),
        'secondary',
        /by hand/,
      ],
    ]
  for (const [what, { line, reason }, expected, why] of rows) {
    test(what, () => {
      assert.equal(line, expected)
      assert.match(reason, why)
    })
  }
})

test('a tunnel goes back once the line has been healthy for its hold-down, and not before', () => {
  const back = exampleHealth('up', { sinceMs: 90_000, holdDownMs: 30_000 })
  const early = ride({ primary: back, secondary: up }, { current: 'secondary' })
  assert.deepEqual([early.line, early.wakeAtMs], ['secondary', 120_000])
  const later = ride({ primary: back, secondary: up }, { current: 'secondary', nowMs: 120_000 })
  assert.deepEqual([later.line, later.wakeAtMs], ['primary', Number.POSITIVE_INFINITY])
})
