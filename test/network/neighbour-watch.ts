/**
 * Sees behind all that is ours what becomes of packets: whether they came to the far end of a cable
 * or to this host, from whom to whom, and whether they were reset or marked.
 */
import { execFileSync } from 'node:child_process'
import type { PanelLink } from './patch-panel.ts'

export interface Sightings {
  /** Pairs `from . to`: at the far ends of the cables, and at this host itself. */
  readonly wire: ReadonlySet<string>
  readonly local: ReadonlySet<string>
  readonly resets: ReadonlySet<string>
  readonly marked: ReadonlySet<string>
}

export class NeighbourWatch {
  constructor(links: readonly PanelLink[]) {
    nft(watching(links))
  }

  /** What was seen since the last look. */
  look(): Sightings {
    const listings = new Map(tables.map((table) => [table, nft(`list table ${table}`)]))
    nft(
      tables
        .flatMap((table) =>
          setsOf(table).flatMap((name) =>
            families.map((family) => `flush set ${table} ${name}_${family}`),
          ),
        )
        .join('\n'),
    )
    const pairs = (table: (typeof tables)[number], name: string): string[] =>
      families.flatMap((family) => {
        const set = new RegExp(`set ${name}_${family} \\{[^}]*?elements = \\{([^}]*)\\}`)
        const elements = set.exec(listings.get(table) ?? '')?.[1]?.split(',') ?? []
        return elements.map((element) => element.trim())
      })
    return {
      wire: new Set(pairs('netdev far', 'wire')),
      local: new Set(pairs('inet here', 'local')),
      resets: new Set([...pairs('netdev far', 'resets'), ...pairs('inet here', 'resets')]),
      marked: new Set(pairs('inet here', 'marked')),
    }
  }
}

const families = ['ipv4', 'ipv6'] as const
const tables = ['netdev far', 'inet here'] as const

function setsOf(table: (typeof tables)[number]): readonly string[] {
  return table === 'netdev far' ? ['wire', 'resets'] : ['local', 'resets', 'marked']
}

function nft(script: string): string {
  return execFileSync('nft', ['-f', '/dev/stdin'], { input: script, encoding: 'utf8' })
}

function pairSets(name: string): string {
  return families
    .map(
      (family) => `set ${name}_${family} { type ${family}_addr . ${family}_addr; flags dynamic; }`,
    )
    .join('\n')
}

function note(condition: string, name: string): string {
  return [
    `${condition} update @${name}_ipv4 { ip saddr . ip daddr }`,
    `${condition} update @${name}_ipv6 { ip6 saddr . ip6 daddr }`,
  ].join('\n')
}

/** Not an error that tells of a packet for the Internet, which comes whenever it likes. */
const ofMarkedFlow = 'ct state != related ct mark & 0xff000000 != 0'

/** Behind all of ours. */
function watching(links: readonly PanelLink[]): string {
  const chains = links.map(
    ({ name }) => `chain ${name} {
      type filter hook ingress device "far-${name}" priority -10;
      ${note('', 'wire')}
      ${note('tcp flags & rst != 0', 'resets')}
    }`,
  )
  return `
    table netdev far {
      ${setsOf('netdev far').map(pairSets).join('\n')}
      ${chains.join('\n')}
    }
    table inet here {
      ${setsOf('inet here').map(pairSets).join('\n')}
      chain arriving {
        type filter hook input priority 300;
        ${note('', 'local')}
        ${note('tcp flags & rst != 0', 'resets')}
        ${note('meta mark & 0xff000000 != 0', 'marked')}
        ${note(ofMarkedFlow, 'marked')}
      }
      chain leaving {
        type filter hook postrouting priority 300;
        ${note('meta mark & 0xff000000 != 0', 'marked')}
        ${note(ofMarkedFlow, 'marked')}
      }
    }
  `
}
