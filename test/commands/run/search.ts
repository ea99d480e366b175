/** One search for lines in a lab, and what it found in brief. */
import assert from 'node:assert/strict'
import { searchLines } from '../../../src/commands/run/search-lines.ts'
import { createKernel } from '../../../src/kernel/linux-kernel.ts'
import type { FoundLine } from '../../../src/model/published/found-line.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import type { Lab } from '../../lab/lab.ts'

export function brief(lines: readonly FoundLine[]): unknown[] {
  return lines.map(({ id, found_by, public_ip, same_as }) => [
    id,
    found_by.join(', '),
    public_ip,
    same_as,
  ])
}

interface Searched {
  readonly lines: readonly FoundLine[]
  readonly notes: readonly string[]
  readonly ms: number
}

/** With the host as it is; fails where that isn't the same afterwards. */
export async function search(lab: Lab, options = 'wans: []'): Promise<Searched> {
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
