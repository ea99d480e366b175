import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventType } from '../../../src/model/published/snapshot.ts'
import { type Recorded, withDurations } from '../../../src/web/history/lasted.ts'
import { exampleEvent } from '../../examples/example-snapshot.ts'

/** `12 wan_down primary`: second, type, WAN; `20 start` is a start of the daemon. */
function recorded(lines: readonly string[]): Recorded[] {
  return lines.map((line) => {
    const [second, type = '', wan = null] = line.split(' ')
    const event_type = type as EventType
    const event = type === 'start' ? null : { ...exampleEvent, event_type, wan }
    return { atMs: Number(second) * 1000, event }
  })
}

const cases: readonly { name: string; lines: readonly string[]; lastedS: (number | null)[] }[] = [
  {
    name: 'a failover until the failback',
    lines: ['0 failover secondary', '90 failback primary'],
    lastedS: [90, null],
  },
  {
    name: 'a failover until the next one, where there are three WANs',
    lines: ['0 failover secondary', '5 failover third', '9 failback primary'],
    lastedS: [5, 4, null],
  },
  {
    name: 'a WAN that is down until the same WAN is up',
    lines: ['0 wan_down primary', '1 wan_up secondary', '7 wan_up primary'],
    lastedS: [7, null, null],
  },
  {
    name: 'a WAN that is down until it is only degraded, and that until it is up',
    lines: ['0 wan_down primary', '4 wan_degraded primary', '9 wan_up primary'],
    lastedS: [4, 5, null],
  },
  {
    name: 'an outage of all until one is restored, a test until its end',
    lines: ['0 all_down', '2 restored primary', '3 test_started primary', '8 test_ended primary'],
    lastedS: [2, null, 5, null],
  },
  {
    name: 'what is not over for null',
    lines: ['0 failover secondary', '0 wan_down primary', '0 all_down', '0 test_started primary'],
    lastedS: [null, null, null, null],
  },
  {
    name: 'a WAN that is down until the daemon starts anew and judges afresh, but not a failover',
    lines: ['0 wan_down primary', '0 failover secondary', '60 start', '70 failback primary'],
    lastedS: [60, 70, null],
  },
  {
    name: 'never less than nothing, though the clock was put back',
    lines: ['100 wan_down primary', '40 wan_up primary'],
    lastedS: [0, null],
  },
]

for (const { name, lines, lastedS } of cases) {
  test(`lasted: ${name}`, () => {
    const lasted = withDurations(recorded(lines)).map(({ lasted_ms }) => lasted_ms)
    assert.deepEqual(
      lasted.map((ms) => (ms === null ? null : ms / 1000)),
      lastedS,
    )
  })
}
