/**
 * Our one nft table, as text and as scripts that leave it as wanted: policies, translation, flows,
 * each from a file of its own. It keeps clients from being sent around us.
 */
import { nftTable } from '../../model/marks.ts'
import { planName } from '../policies/plan-name.ts'
import type { Wanted } from '../wanted.ts'
import { flowChains } from './chains/flow-chains.ts'
import { inboundChains } from './chains/inbound-chains.ts'
import { meteringChains } from './chains/metering-chains.ts'
import { policyChains } from './chains/policy-chains.ts'
import { translationChains } from './chains/translation-chains.ts'
import { chain } from './nft-words.ts'

/** The whole table as it has to be; null: nothing of ours in nft. */
export function nftTableText(wanted: Wanted): string | null {
  const { uplinks } = wanted
  const links = [...new Set(uplinks.map(({ link }) => link).filter((link) => link !== null))]
  if (links.length === 0) return null
  const policies = policyChains(wanted)
  const flows = flowChains(wanted)
  const metering = meteringChains(wanted)
  const lines = [
    ...metering.objects,
    ...flows.sets,
    ...policies.maps,
    ...metering.maps,
    ...(wanted.avoidedUses === undefined ? chain(planName(wanted), null, []) : []),
    ...redirectsChain(links),
    ...policies.chains.flat(),
    ...translationChains(wanted).flat(),
    ...flows.chains.flat(),
    ...metering.chains.flat(),
    ...inboundChains(wanted).flat(),
  ]
  return [`table inet ${nftTable} {`, ...lines.map((line) => `  ${line}`), '}', ''].join('\n')
}

/** Each a transaction, in this order. */
export interface NftScripts {
  /** Fills what the new rules will ask, for the kernel fills it too late in one go with them. */
  readonly before: string | null
  readonly script: string
  /** Takes away what the old rules have asked. */
  readonly after: string | null
}

/**
 * Scripts that make this of the table that stands; `listing` is nft's own of it, null where there
 * is none. What packets have put into a dynamic set, a counter or a quota stays. A quota that is
 * new begins with `used`, bytes by its name. Sets and maps of policies are named by their content,
 * so they are never changed: packets are on their way through the old rules while there are new.
 */
export function nftScripts(
  text: string,
  listing: string | null,
  used: ReadonlyMap<string, number> = new Map(),
): NftScripts {
  if (listing === null) return { before: null, script: withUsed(text, used), after: null }
  const blocks = blocksOf(listing)
  const names = new Set(blocks.map(({ kind, name }) => `${kind} ${name}`))
  const lines = text.split('\n')
  const filled = lines.filter((line) => nameOfFilled(line) !== null)
  const missing = filled.filter((line) => !names.has(nameOfFilled(line) ?? ''))
  const moving = blocks.filter((block) => hasMoved(block, text))
  const going = blocks.filter(({ kind, name }) => !text.includes(`  ${kind} ${name} {`))
  const goingChains = going.filter(({ kind }) => kind === 'chain')
  const goingOthers = going.filter(({ kind }) => kind !== 'chain')
  const rest = lines.filter((line) => !filled.includes(line)).join('\n')
  return {
    before: missing.length === 0 ? null : preparation(missing),
    script: [`flush table ${table}`, ...moving.map(deletion), withUsed(rest, used)].join('\n'),
    // A chain that a map's verdicts lead to goes after the map.
    after: going.length === 0 ? null : [...goingOthers, ...goingChains].map(deletion).join('\n'),
  }
}

const table = `inet ${nftTable}`

function deletion({ kind, name }: Block): string {
  return `delete ${kind} ${table} ${name}`
}

/** The kind and the name of a set or a map that is written with its elements. */
function nameOfFilled(line: string): string | null {
  return /^ {2}((?:set|map) \S+) \{.* elements = /.exec(line)?.[1] ?? null
}

/** Verdicts lead to chains that have to be there, and may be empty until somebody comes. */
function preparation(filled: readonly string[]): string {
  const targets = filled.flatMap((line) => [...line.matchAll(/ : goto ([^\s,}]+)/g)])
  const chains = new Set(targets.map(([, name = '']) => name))
  return [
    `table ${table} {`,
    ...[...chains].flatMap((name) => [`  chain ${name} {`, '  }']),
    ...filled,
    '}',
    '',
  ].join('\n')
}

interface Block {
  readonly kind: string
  readonly name: string
  readonly content: string
}

function blocksOf(listing: string): Block[] {
  const block = /^\t(chain|map|set|counter|quota) (\S+) \{\n([^}]*)/gm
  return [...listing.matchAll(block)].map(([, kind = '', name = '', content = '']) => ({
    kind,
    name,
    content,
  }))
}

/** Where a chain is called can't be changed while it stands. */
function hasMoved({ kind, name, content }: Block, text: string): boolean {
  const head = `  chain ${name} {`
  const at = text.indexOf(head)
  if (kind !== 'chain' || at === -1) return false
  const place = (lines: string) => /^\s*(type [^;]*)/.exec(lines)?.[1] ?? ''
  return place(content) !== place(text.slice(at + head.length))
}

/** The kernel keeps what a quota of this name has counted itself, whatever is said here. */
function withUsed(text: string, used: ReadonlyMap<string, number>): string {
  return text.replaceAll(
    /^( {2}quota (\S+) \{ over \d+ bytes) \}$/gm,
    (_, quota: string, name: string) => `${quota} used ${used.get(name) ?? 0} bytes }`,
  )
}

/** Sending a client to the gateway itself would make the failover pass it by (RFC 1122 3.2.2.2). */
function redirectsChain(links: readonly string[]): readonly string[] {
  const set = `{ ${links.map((link) => `"${link}"`).join(', ')} }`
  return chain('redirects', 'filter hook output priority filter', [
    `oifname ${set} icmp type redirect drop`,
    `oifname ${set} icmpv6 type nd-redirect drop`,
  ])
}
