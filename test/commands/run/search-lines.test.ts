import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { searchLines } from '../../../src/commands/run/search-lines.ts'
import { createKernel } from '../../../src/kernel/linux-kernel.ts'
import type { FoundLine } from '../../../src/model/published/found-line.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { skipWithout } from '../../lab/host/requirements.ts'
import { Lab } from '../../lab/lab.ts'

const skip = skipWithout('ip', 'nft')

test('both gateways of one subnet are found, though the table names one', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const { lines } = await search(lab)
  assert.deepEqual(
    lines.map(({ id, public_ip, same_as }) => [id, public_ip, same_as]),
    [
      ['eth0/192.168.0.1', '100.64.1.2', null],
      ['eth0/192.168.0.2', '100.64.2.2', null],
    ],
  )
})

interface Searched {
  readonly lines: readonly FoundLine[]
  readonly notes: readonly string[]
  readonly ms: number
}

/** With the host as it is; fails where that isn't the same afterwards. */
async function search(lab: Lab, options = 'wans: []'): Promise<Searched> {
  const settings = settingsOf(options)
  const kernel = await createKernel({ log: new RecordedLog() })
  const before = await dumpHost(lab.host)
  try {
    const host = await kernel.read()
    const view = { host, uplinks: resolveUplinks(settings.wans, host) }
    const find = searchLines({ settings, view: () => view, interfaces: async () => [] })
    const startMs = performance.now()
    const found = await find(() => {})
    return { ...found, ms: performance.now() - startMs }
  } finally {
    await kernel.close()
    assert.equal(await dumpHost(lab.host), before)
  }
}
