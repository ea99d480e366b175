/** An nft that makes our table and can't list it: torn output, a version with other words, a hang. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Reconciler } from '../../src/daemon/reconciler.ts'
import type { HostState } from '../../src/model/host.ts'
import { desiredState, nothing } from '../../src/network/desired-state.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { FakeKernel } from '../fakes/fake-kernel.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

const settings = exampleSettings()
const why = 'the end of its list is missing'

describe('our nft table, where nft does not list it', () => {
  let kernel: FakeKernel
  let log: RecordedLog
  let reconciler: Reconciler
  let isTorn: boolean

  beforeEach(async () => {
    kernel = new FakeKernel()
    kernel.addLink('eth0')
    kernel.addAddress('eth0', '192.168.0.3/24')
    const read = kernel.read.bind(kernel)
    kernel.read = async (): Promise<HostState> => {
      const host = await read()
      return isTorn ? { ...host, nft: null, nftUnread: why } : host
    }
    isTorn = false
    log = new RecordedLog()
    reconciler = new Reconciler(kernel, log)
    await pass(0)
    kernel.applied.length = 0
    isTorn = true
  })

  async function pass(nowMs: number) {
    const host = await kernel.read()
    const uplinks = resolveUplinks(settings.wans, host)
    const desired = desiredState({ settings, uplinks, decision: exampleDecision('primary'), host })
    return reconciler.reconcile(desired, host, { uplinks, nowMs })
  }
  const made = () => kernel.applied.map(({ kind }) => kind)

  test('is made once, asked for each second, and no loss of another program’s doing', async () => {
    for (let nowMs = 1_000; nowMs <= 60_000; nowMs += 1_000) {
      assert.equal((await pass(nowMs)).laterAtMs, nowMs + 1_000)
    }
    assert.deepEqual(made(), ['replace_nft'])
    const { problems } = await pass(61_000)
    assert.deepEqual(problems, [
      `nft does not list our table, so changes by other programs go unnoticed: ${why}`,
    ])
    assert.equal(log.matching(/does not list/).length, 1)
    assert.deepEqual(log.matching(/another program/), [])
  })

  test('is told to be listed again, and made of what is listed, which keeps what packets put in', async () => {
    await pass(1_000)
    isTorn = false
    kernel.applied.length = 0
    const { problems, laterAtMs } = await pass(2_000)
    assert.deepEqual([problems, laterAtMs], [[], Number.POSITIVE_INFINITY])
    const [change] = kernel.applied
    assert.equal(change?.kind, 'replace_nft')
    assert.match(change?.kind === 'replace_nft' ? change.script : '', /^flush table/)
    assert.deepEqual((await pass(3_000)).changes, [])
    assert.deepEqual(log.matching(/another program/), [])
    assert.equal(log.matching(/lists our table again/).length, 1)
  })

  test('may be torn a hundred times a minute, and a true deletion is still made good at once', async () => {
    for (let nowMs = 1_000; nowMs <= 10_000; nowMs += 100) {
      isTorn = !isTorn
      await pass(nowMs)
    }
    isTorn = false
    await pass(10_500)
    kernel.removeNft()
    const { laterAtMs } = await pass(11_000)
    assert.ok(laterAtMs < 12_000, `${laterAtMs}`)
    kernel.applied.length = 0
    await pass(laterAtMs)
    assert.deepEqual(made(), ['replace_nft'])
    assert.deepEqual(log.matching(/keeps deleting/), [])
  })

  test('goes when the daemon stops, and is named as left where nft refuses that', async () => {
    await pass(1_000)
    assert.deepEqual(await reconciler.restore(nothing), [])
    isTorn = false
    assert.equal((await kernel.read()).nft, null)
    reconciler = new Reconciler(kernel, log)
    await pass(2_000)
    isTorn = true
    kernel.refuse = (change) => (change.kind === 'delete_nft' ? 'not permitted' : null)
    assert.match((await reconciler.restore(nothing)).join(), /still there: nft table/)
  })

  test('is no matter for a machine on which nothing of ours is in nft', async () => {
    reconciler = new Reconciler(kernel, log)
    const host = await kernel.read()
    const idle = await reconciler.reconcile(nothing, host, { uplinks: [], nowMs: 0 })
    assert.deepEqual(idle.problems, [])
    assert.equal(idle.laterAtMs, Number.POSITIVE_INFINITY)
    assert.ok(!made().includes('delete_nft'))
  })
})
