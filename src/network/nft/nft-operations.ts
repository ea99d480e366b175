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
  /** null: nft could make it and not list it. */
  readonly listing: string | null
}

export function nftChanges(
  { table, nft, quotasUsed }: DesiredState,
  host: HostState,
  applied: AppliedNft | null,
): readonly Change[] {
  if (table === null || nft === null) {
    // Where nft can't list a table that this daemon never made, there is hardly one.
    const maybeThere = host.nft !== null || (isUnread(host) && applied !== null)
    return maybeThere ? [{ kind: 'delete_nft' }] : []
  }
  const isAsApplied = applied !== null && stillListed(applied, host)
  if (isAsApplied && applied.table === nft) return []
  const frame = printFrame(table)
  const refill = isAsApplied && applied.frame === frame ? refillScript(table) : null
  const scripts = nftScripts(table, host.nft, quotasUsed)
  const unsure = isUnread(host) || (applied?.table === nft && applied.listing === null)
  return [{ kind: 'replace_nft', ...scripts, refill, table: nft, frame, unsure }]
}

/** The table among what was just made, as the kernel lists it; null: it was not made. */
export function appliedNft(made: readonly Change[], host: HostState): AppliedNft | null {
  const change = made.find(({ kind }) => kind === 'replace_nft')
  if (change?.kind !== 'replace_nft' || (host.nft === null && !isUnread(host))) return null
  const { table, frame } = change
  return { table, ...(frame === undefined ? {} : { frame }), listing: host.nft }
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
    key: ({ table, unsure }) => (unsure === true ? `unsure ${nftKey(table)}` : nftKey(table)),
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

/** What nft can't list, neither now nor after it was made, is taken to stand: one making is enough. */
function stillListed({ listing }: AppliedNft, host: HostState): boolean {
  return listing === host.nft && (listing !== null || isUnread(host))
}

function isUnread({ nftUnread }: HostState): boolean {
  return nftUnread !== undefined
}

/** Another text is another object: that it isn't there yet, or may not be there, is no loss. */
function nftKey(table: string): string {
  return `nft ${table}`
}

const name = `nft table inet ${nftTable}`
