import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PublishedCapabilities } from '../../../src/model/published/snapshot.ts'
import { LesserKernel, type Missing } from '../../lab/host/lesser-kernel.ts'
import { House } from '../../lab/house/house.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { type Topology, target } from '../../lab/network/plan.ts'

export interface Grade {
  readonly missing: readonly Missing[]
  readonly topology: Topology
  /** What the published state says is not there. */
  readonly told: readonly (keyof PublishedCapabilities)[]
  /** What the log says, in plain words. */
  readonly log: RegExp
}

export function testGrade({ missing, topology, told, log }: Grade): void {
  describe(`a kernel without ${missing.join(' and ')}, ${topology}`, () => {
    test('is graded in plain words, and still fails over, TCP and UDP', async () => {
      using kernel = new LesserKernel(missing)
      const { environment } = kernel
      await using house = await House.open({
        topology,
        ipv6: missing.includes('nat6'),
        circumstances: { environment },
        options: {
          policies: [{ name: 'second', from: ['192.168.0.150'], use: ['secondary', 'primary'] }],
        },
      })
      const { lab, mqtt, daemon } = house
      await daemon.waitForLine(log, { deadlineMs: 5_000 })
      const { capabilities, problems } = await mqtt.waitForState(() => true, {
        deadlineMs: 5_000,
        what: 'a state',
      })
      const lacking = Object.entries(capabilities).flatMap(([name, there]) => (there ? [] : [name]))
      assert.deepEqual(lacking, told)
      assert.deepEqual(problems, [])
      const stream = await lab.client(1).startStream()
      const second = await lab.client(2).startStream({ newFlows: true })
      const download = await TcpClient.start(lab.client(1), { target, kind: 'receiving' })
      await second.waitForWan(2, { afterMs: 0, deadlineMs: 5_000 })

      const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
      await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
      const broken = await download.waitForBreak({ afterMs: fault.beforeMs, deadlineMs: 20_000 })
      assert.equal(broken.detail, 'ECONNRESET')
      await download.waitForData({ afterMs: broken.atMs, deadlineMs: 5_000 })
      const repair = await lab.repair(1)
      await mqtt.waitForEvent('failback', { afterMs: repair.beforeMs, deadlineMs: 30_000 })
      await download.waitForData({ afterMs: repair.afterMs, deadlineMs: 5_000 })
      // IPv6 has health of its own, and may be back a little later.
      await mqtt.waitForState((state) => state.problems.length === 0, {
        deadlineMs: 10_000,
        what: 'no problem to be left',
      })
      await download.stop()
      await stream.stop()
      await second.stop()
    })
  })
}
