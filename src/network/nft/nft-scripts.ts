/**
 * The scripts that make a table of what stands in the kernel, without losing what packets have put
 * into it. They must never change a set or a map of policies, which have names by their content:
 * packets are on their way through the old rules while there are new ones. A live set changes in
 * place.
 */
import { nftTable } from '../../model/marks.ts'
import { type ListedBlock, listedBlocks } from './listed-blocks.ts'
import { isLive, type NftChain, type NftSet, type NftTable, type QuotasUsed } from './nft-table.ts'
import { elementsText, printAhead, printTable } from './print-table.ts'

/** Each a transaction, in this order. */
export interface NftScripts {
  /** Fills what the new rules will ask, for the kernel fills it too late in one go with them. */
  readonly before: string | null
  readonly script: string
  /** Takes away what the old rules have asked. */
  readonly after: string | null
}

/**
 * `listing` is nft's own of the table that stands, null where there is none, or none can be had. What
 * is in a set that packets fill, a counter or a quota stays. A quota that is new begins with what `used` says.
 */
export function nftScripts(
  wanted: NftTable,
  listing: string | null,
  used: QuotasUsed = new Map(),
): NftScripts {
  if (listing === null) return { before: null, script: anew(wanted, used), after: null }
  const blocks = listedBlocks(listing)
  const standing = new Set(blocks.map(nameOf))
  const missing = wanted.sets.filter((set) => set.elements !== null && !standing.has(nameOf(set)))
  const chains = new Map(wanted.chains.map((chain) => [chain.name, chain]))
  const moving = blocks.filter((one) => one.kind === 'chain' && hasMoved(one, chains.get(one.name)))
  const staying = new Set(
    [...wanted.objects, ...wanted.sets, ...wanted.chains.map(chainBlock)].map(nameOf),
  )
  const going = blocks.filter((one) => !staying.has(nameOf(one)))
  const goingChains = going.filter(({ kind }) => kind === 'chain')
  const goingOthers = going.filter(({ kind }) => kind !== 'chain')
  const live = wanted.sets.filter((set) => isLive(set) && standing.has(nameOf(set)))
  const rest = {
    ...wanted,
    sets: wanted.sets.filter((set) => set.elements === null || live.includes(set)),
  }
  return {
    before: missing.length === 0 ? null : preparation(missing),
    script: [
      `flush table ${table}`,
      ...live.map(flushing),
      ...moving.map(deletion),
      printTable(rest, used),
    ].join('\n'),
    // A chain that a map's verdicts lead to goes after the map.
    after: going.length === 0 ? null : [...goingOthers, ...goingChains].map(deletion).join('\n'),
  }
}

/**
 * Fills the live sets anew and touches no rule, where nothing else has changed. In one transaction
 * the kernel goes from the old elements to the new ones: what is among both is never missing.
 */
export function refillScript({ sets }: NftTable): string {
  return sets
    .filter(isLive)
    .flatMap((set) => [
      flushing(set),
      `add element ${table} ${set.name} { ${elementsText(set.elements)} }`,
    ])
    .join('\n')
}

const table = `inet ${nftTable}`

/** There may be one that nft failed to list: its rules would stay beside the new ones. */
function anew(wanted: NftTable, used: QuotasUsed): string {
  return [`add table ${table}`, `delete table ${table}`, printTable(wanted, used)].join('\n')
}

interface Named {
  readonly kind: string
  readonly name: string
}

function nameOf({ kind, name }: Named): string {
  return `${kind} ${name}`
}

function chainBlock({ name }: NftChain): Named {
  return { kind: 'chain', name }
}

function deletion({ kind, name }: Named): string {
  return `delete ${kind} ${table} ${name}`
}

function flushing({ kind, name }: Named): string {
  return `flush ${kind} ${table} ${name}`
}

/** Verdicts lead to chains that must be there, and may be empty until a packet comes. */
function preparation(sets: readonly NftSet[]): string {
  const targets = sets.flatMap((set) =>
    set.kind === 'map' ? set.elements.flatMap(({ target }) => target ?? []) : [],
  )
  const chains = [...new Set(targets)].map((name) => ({ name, hook: null, rules: [] }))
  return printAhead({ sets, chains })
}

/** Where a chain is called can't be changed while it stands. */
function hasMoved(standing: ListedBlock, wanted: NftChain | undefined): boolean {
  return wanted !== undefined && wanted.hook !== standing.hook
}
