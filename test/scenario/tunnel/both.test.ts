/** A tunnel on two lines at once, to a real server behind NATs: what one line loses, the other brings. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { BothHouse } from '../../lab/house/both-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { MachineLag } from '../../machine-lag.ts'
import { ServerLab } from '../../server/lab/server-lab.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

/** Of the issue: what a line's silence may cost those inside. */
const gapMs = 40

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

describe('a tunnel on two lines at once', { skip }, () => {
  test('either line falls silent, and 0 of 1,000 packets are lost', async (t) => {
    await using lab = await ServerLab.open()
    await using house = await BothHouse.open(lab)
    for (const line of [1, 2]) {
      const fromMs = monotonicMs()
      const before = await house.ping(500)
      const cutMs = monotonicMs()
      const [pings] = await Promise.all([
        house.ping(1_000),
        waitFor(() => lab.silence(`home-${line}`, true).then(() => true), { what: 'the silence' }),
      ])
      const gap = Math.round(pings.longestGapMs)
      const busy = lag.allowanceMs(cutMs, monotonicMs())
      t.diagnostic(
        `line ${line}: longest gap ${gap} ms, without a fault ${Math.round(before.longestGapMs)} ms; ` +
          `the machine was late by ${Math.round(busy)} ms, ` +
          `before by ${Math.round(lag.allowanceMs(fromMs, cutMs))}`,
      )
      assert.deepEqual([pings.lost, pings.duplicates], [0, 0], `line ${line}\n${house.said}`)
      assert.ok(gap <= gapMs + busy, `line ${line}: ${gap} ms`)
      await lab.silence(`home-${line}`, false)
      await house.waitUntilBoth()
    }
  })

  test('counts the copies on a metered line as the Internet sees them', async () => {
    await using lab = await ServerLab.open()
    const tunnel = { over: ['primary', 'secondary'], both_metered: true }
    await using house = await BothHouse.open(lab, { second: { metered: true }, tunnel })
    await lab.internet.nft(`table ip bill {
      counter sent { }
      chain c {
        type filter hook prerouting priority -300
        iifname "home-2" counter name sent
      }
    }`)
    const bytes = async (node: LabNode, name: string) => {
      const listed = await node.run('nft', 'list', 'counters')
      return Number(new RegExp(`counter ${name} {\\s+packets \\d+ bytes (\\d+)`).exec(listed)?.[1])
    }
    const [ours, theirs] = [await sent(), await bytes(lab.internet, 'sent')]
    const { lost } = await house.ping(400, { bytes: 1_000 })
    assert.equal(lost, 0)
    const [counted, seen] = [(await sent()) - ours, (await bytes(lab.internet, 'sent')) - theirs]
    assert.ok(seen > 400 * 1_000, `${seen} bytes went by the metered line`)
    const percent = (Math.abs(counted - seen) / seen) * 100
    assert.ok(percent <= 3, `${counted} bytes where the Internet saw ${seen}`)

    function sent(): Promise<number> {
      return bytes(house.node, '"?sent\\.secondary"?')
    }
  })
})
