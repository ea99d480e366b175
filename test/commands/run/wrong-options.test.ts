/** Whatever is wrong with the options: the daemon runs, and all that it publishes names the place. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readOptionsText } from '../../../src/commands/read-options.ts'
import { chooseOptions, type RightOptions } from '../../../src/commands/run/choose-options.ts'
import { Daemon } from '../../../src/daemon/daemon.ts'
import { EventQueue } from '../../../src/daemon/event-queue.ts'
import { emptyBook } from '../../../src/decision/metered-months.ts'
import { anyProblem } from '../../../src/homeassistant/readings.ts'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { formatPath, type PathKeys } from '../../../src/options/problem.ts'
import { everyConcern } from '../../../src/turn/every-concern.ts'
import { otherProblems } from '../../../src/web/ui/cards/summary.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { FakeKernel } from '../../fakes/fake-kernel.ts'
import { MemoryInMemory } from '../../fakes/memory-in-memory.ts'
import { RecordedAudience } from '../../fakes/recorded-audience.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { silentProber } from '../../fakes/silent-prober.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { two } from '../../options/refused.ts'
import { wrongOptionFiles } from './wrong-option-files.ts'

/** What a daemon with these options publishes first, and what it has done to the kernel until then. */
async function answered(text: string, lastRight: RightOptions | null = null) {
  const given = readOptionsText(text)
  const { settings, obstacles, notice } = chooseOptions({ given, lastRight, refusals: () => [] })
  const clock = new VirtualClock()
  const kernel = new FakeKernel()
  kernel.addLink('eth0')
  kernel.addAddress('eth0', '192.168.0.3/24')
  const [audience, log, queue] = [new RecordedAudience(), new RecordedLog(), new EventQueue(clock)]
  const concerns = everyConcern({ settings, book: emptyBook, log, notice })
  const memory = new MemoryInMemory()
  const ports = { clock, kernel, prober: silentProber, audience, memory, log, queue }
  const daemon = new Daemon({ settings, obstacles, concerns, version: 'tested', ...ports })
  const running = daemon.run()
  await clock.advanceTo(1_000)
  const applied = kernel.applied.length
  queue.push({ kind: 'stop', leave: 'standing' })
  await clock.advanceTo(2_000)
  await running
  const { snapshot } = audience
  if (snapshot === null) assert.fail('nothing was published')
  return { snapshot, applied }
}

/** The place is said to the page, to `health` and to the problem sensor. */
function assertNames(snapshot: Snapshot, place: string): void {
  // A key that no mapping may have, as `prototype`, is told by its line and its own place.
  const named = (problem: string) =>
    problem.startsWith(`${place}: found `) || problem.includes(`: found ${place}.`)
  const page = snapshot.options?.problems ?? []
  assert.ok(page.some(named), `${place} is not in:\n${page.join('\n')}`)
  const said = snapshot.problems.map((problem) => problem.replace('wrong option: ', ''))
  assert.ok(said.some(named), `${place} is not in:\n${said.join('\n')}`)
  assert.equal(anyProblem.of(snapshot), 'ON')
  assert.ok(otherProblems(snapshot).every((problem) => !problem.startsWith('wrong option')))
  assert.doesNotMatch(JSON.stringify(snapshot), /hunter2/)
}

const lastRight = { settings: settingsOf(two), since: '2026-11-21T10:00:00.000Z' }

describe('a wrong option file', () => {
  assert.ok(wrongOptionFiles.length >= 60)
  for (const [index, [place, text]] of wrongOptionFiles.entries()) {
    test(`${index + 1} is told by ${place}, and sets up nothing`, async () => {
      const { snapshot, applied } = await answered(text)
      assertNames(snapshot, place)
      assert.equal(snapshot.options?.in_force, 'none')
      assert.equal(snapshot.problems[0], 'observing only: the options are wrong')
      assert.equal(applied, 0)
    })
  }

  test('leaves the last right ones in force, and says which', async () => {
    for (const [place, text] of wrongOptionFiles) {
      const { snapshot, applied } = await answered(text, lastRight)
      assertNames(snapshot, place)
      assert.deepEqual(Object.keys(snapshot.wans), ['primary', 'secondary'])
      assert.match(
        snapshot.problems.join('\n'),
        /the last right ones, of 2026-11-21 10:00 UTC, stay/,
      )
      assert.equal(snapshot.options?.since, lastRight.since)
      assert.ok(applied > 0)
    }
  })
})

test('five hundred random slips in right options are each told by their place', async () => {
  await fc.assert(
    fc.asyncProperty(anySlip, async ({ place, text }) => {
      assertNames((await answered(text)).snapshot, place)
    }),
    { numRuns: 500 },
  )
})

const right = {
  wans: [
    { name: 'dsl', gateway: 'none', gateway6: 'auto', interface: 'ppp0', weight: 2 },
    { name: 'cable', gateway: '192.168.1.1', table: 110, targets: ['203.0.113.1'] },
    { name: 'lte', gateway: 'auto', interface: 'usb0', metered: true, cap_mb: 500, billing_day: 3 },
  ],
  policies: [
    { name: 'a', from: ['192.168.0.50', 'host'], to: ['203.0.113.0/24'], use: ['lte', 'dsl'] },
    { name: 'b', from: ['all'], protocol: 'tcp', ports: ['443'], use: ['none'], balance: true },
  ],
  default_policy: { use: ['dsl', 'cable'], balance: false },
  probe: { targets: ['1.1.1.1'], methods: ['icmp'], interval: 1, tcp_port: 443, timeout: 1 },
  failback: { delay: 10, mode: 'graceful', max_hold_down: 60 },
  nat: 'auto',
  test_failover: { minutes: 5, devices: ['192.168.0.50'] },
  mqtt: { host: 'broker', port: 1883, username: 'me', password: 'hunter2', tls: false },
  notify: ['notify.phone'],
  log_level: 'info',
}

function mustBeGiven(path: PathKeys): boolean {
  const inList = ['wans', 'policies'].includes(String(path[0]))
  return inList && ['name', 'gateway', 'from', 'use', 'wans'].includes(String(path.at(-1)))
}

/** One thing in right options made wrong, in a way that no option takes. */
const anySlip = fc
  .tuple(fc.constantFrom(...placesOf(right, [])), fc.nat(3), fc.stringMatching(/^[a-z]{3,9}$/))
  .map(([path, way, word]) => {
    const options = structuredClone(right)
    const last = path.at(-1) ?? ''
    const parent = path
      .slice(0, -1)
      .reduce<object>((inner, key) => Reflect.get(inner, key), options)
    const before: unknown = Reflect.get(parent, last)
    let place = path
    if (way === 0 && !Array.isArray(parent)) {
      // A key that nobody knows, beside it.
      place = [...path.slice(0, -1), `${word}_zz`]
      Reflect.set(parent, `${word}_zz`, before)
    } else if (way === 1 && mustBeGiven(path)) Reflect.deleteProperty(parent, last)
    else Reflect.set(parent, last, Array.isArray(before) ? word : { [word]: [word] })
    return { place: formatPath(place), text: JSON.stringify(options) }
  })

function placesOf(value: unknown, path: PathKeys): PathKeys[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const isList = Array.isArray(value)
  const deeper = inner.flatMap(([key, each]) =>
    placesOf(each, [...path, isList ? Number(key) : key]),
  )
  // A mapping in place of a mapping is no slip of this kind.
  return inner.length > 0 && !isList ? deeper : [path, ...deeper]
}
