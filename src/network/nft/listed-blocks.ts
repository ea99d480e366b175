/**
 * What stands of our table, from nft's own listing of it: the names, and where chains are called.
 * No other code may read more of the listing: nft's words for a rule are not ours.
 */

export interface ListedBlock {
  readonly kind: string
  readonly name: string
  /** Of a chain that the kernel calls: where, as `filter hook output priority filter`. */
  readonly hook: string | null
}

export function listedBlocks(listing: string): readonly ListedBlock[] {
  return [...listing.matchAll(block)].map(([, kind = '', name = '', content = '']) => ({
    kind,
    name,
    hook: kind === 'chain' ? (/^\s*type ([^;]*)/.exec(content)?.[1] ?? null) : null,
  }))
}

const block = /^\t(chain|map|set|counter|quota) (\S+) \{\n([^}]*)/gm
