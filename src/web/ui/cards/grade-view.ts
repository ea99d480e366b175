/** What this kernel can and can't, in words that say what it means for the user. */
import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import type { Capability, Texts } from '../texts/texts.ts'

export interface GradeView {
  readonly full: boolean
  readonly sentence: string
  readonly rows: readonly GradeRow[]
}

export interface GradeRow {
  readonly name: string
  readonly there: boolean
  readonly meaning: string
}

/** Those first that users miss most. */
const order: readonly Capability[] = ['forwarding', 'nft', 'ct_mark', 'conntrack', 'multipath']

/** The state is newer than the setup: somebody may have switched on forwarding meanwhile. */
export function gradeView(snapshot: Snapshot, setup: Setup | null, { grade: t }: Texts): GradeView {
  const asked = new Map((setup?.grade ?? []).map(({ capability, there }) => [capability, there]))
  const rows = order.map((capability) => {
    const there = snapshot.capabilities[capability] ?? asked.get(capability) ?? false
    const meaning = there ? t.can[capability] : t.cannot[capability]
    return { name: t.names[capability], there, meaning }
  })
  const full = rows.every(({ there }) => there)
  return { full, sentence: full ? t.full : t.partial, rows }
}
