/** The first start with lines that nobody knows yet: it looks before it changes anything. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { priorities } from '../../../src/model/marks.ts'
import { House } from '../../lab/house/house.ts'
import { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'

const observing = /observing one round before anything changes: primary, secondary/

/** The rules that the kernel tells of from now on. */
function watchRules() {
  const lines: string[] = []
  const monitor = LabNode.host().spawn('ip', ['-4', 'monitor', 'rule'])
  monitor.stdout?.setEncoding('utf8')
  monitor.stdout?.on('data', (text: string) => lines.push(...text.split('\n')))
  return {
    lines,
    [Symbol.dispose]() {
      monitor.kill()
    },
  }
}

function isDefault(line: string): boolean {
  return line.startsWith(`${priorities.defaultPolicy}:`)
}

for (const topology of ['one-subnet', 'two-interfaces'] as const) {
  test(`on ${topology}, a preferred line that is dead at the first start never carries anything`, async () => {
    await using house = await House.open({ topology, withDaemon: false })
    await house.lab.fault({ wan: 1, kind: 'upstream-silent' })
    using rules = watchRules()
    house.start()
    await house.daemon.waitForLine(observing, { deadlineMs: 20_000 })
    await house.daemon.waitForLine(/nobody answered in it by primary$/, { deadlineMs: 5_000 })
    await house.mqtt.waitForState(({ wans }) => wans['primary']?.state === 'down', {
      deadlineMs: 20_000,
      what: 'the primary to be down',
    })
    const led = await waitFor(
      () => {
        const found = rules.lines.filter(isDefault)
        return found.length > 0 && found
      },
      { what: 'a rule for all traffic' },
    )
    assert.deepEqual(
      led.filter((line) => / lookup 100\b/.test(line)),
      [],
    )
    const active = house.mqtt.state()?.active
    assert.equal(active, 'secondary')
  })
}

test('a start with lines that an earlier run has known looks at nothing first', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  await house.daemon.waitForLine(observing, { deadlineMs: 1_000 })
  await house.daemon.stop()
  house.startAgain()
  await house.waitUntilUp()
  assert.ok(!house.daemon.lines.some((line) => observing.test(line)))
})
