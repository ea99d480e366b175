/** What is known of our nft table as an object of the kernel: when it stands, what a change does. */
import type { HostState } from '../../model/host.ts'
import { nftTable } from '../../model/marks.ts'
import type { Change, OperationsOf } from '../diff/change.ts'
import type { DesiredState } from '../wanted.ts'
import { nftScripts, refillScript } from './nft-scripts.ts'
import { printFrame } from './print-table.ts'

/** What the kernel listed after a table of ours was applied; nft's text of it differs from ours. */
export interface AppliedNft {
  readonly table: string
  readonly frame?: string
  readonly listing: string
}

export function nftChanges(
  { table, nft, quotasUsed }: DesiredState,
  host: HostState,
  applied: AppliedNft | null,
): readonly Change[] {
  if (table === null || nft === null) return host.nft === null ? [] : [{ kind: 'delete_nft' }]
  if (nftStands(nft, host, applied)) return []
  const frame = printFrame(table)
  const refill = frameStands(frame, host, applied) ? refillScript(table) : null
  const scripts = nftScripts(table, host.nft, quotasUsed)
  return [{ kind: 'replace_nft', ...scripts, refill, table: nft, frame }]
}

/** The table among what was just made, as the kernel lists it; null: it was not made. */
export function appliedNft(made: readonly Change[], { nft }: HostState): AppliedNft | null {
  const change = made.find(({ kind }) => kind === 'replace_nft')
  if (change?.kind !== 'replace_nft' || nft === null) return null
  const { table, frame } = change
  return { table, ...(frame === undefined ? {} : { frame }), listing: nft }
}

export function nftKeys({ nft }: DesiredState): string[] {
  return nft === null ? [] : [nftKey(nft)]
}

const everyNft = {
  subject: 'nft tables',
  place: () => name,
  describe: () => name,
  carriesDecision: () => false,
}

export const nftOperations: OperationsOf<'replace_nft' | 'delete_nft'> = {
  replace_nft: {
    ...everyNft,
    doing: 'replacing',
    key: ({ table }) => nftKey(table),
    // Of a table before only the listing is known, which leaves out what its sets and maps hold.
    inverse: (_, before) => (before.nft === null ? { kind: 'delete_nft' } : null),
  },
  delete_nft: {
    ...everyNft,
    doing: 'deleting',
    key: () => name,
    inverse: () => null,
  },
}

function nftStands(table: string, host: HostState, applied: AppliedNft | null): boolean {
  return host.nft !== null && applied?.table === table && applied.listing === host.nft
}

function frameStands(frame: string, host: HostState, applied: AppliedNft | null): boolean {
  return host.nft !== null && applied?.frame === frame && applied.listing === host.nft
}

/** Another text is another object: that it isn't there yet is no loss. */
function nftKey(table: string): string {
  return `nft ${table}`
}

const name = `nft table inet ${nftTable}`
