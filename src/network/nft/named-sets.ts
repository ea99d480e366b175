/**
 * Gives the sets in rules names of their own, by their content. The kernel fills a set of ranges
 * only after it has switched to the rules that ask it: a packet in between would match nobody. A
 * set with a name can be there before, see `nft-script.ts`.
 */
import { fnvHash } from '../policies/fnv-hash.ts'

export interface NamedSets {
  readonly sets: readonly string[]
  readonly rules: readonly string[]
}

export function withNamedSets(rules: readonly string[]): NamedSets {
  const sets = new Map<string, string>()
  const named = rules.map((rule) =>
    rule.replaceAll(inPlace, (_, subject: string, list: string) => {
      // A single range needs no set.
      if (!list.includes(',')) return `${subject} ${list}`
      const type = subject.endsWith('port') ? 'inet_service' : typeOf(subject)
      const name = contentName(type, list)
      sets.set(name, `set ${name} { type ${type}; flags interval; elements = { ${list} }; }`)
      return `${subject} @${name}`
    }),
  )
  return { sets: [...sets.values()], rules: named }
}

/** The same content has the same name. */
export function contentName(prefix: string, content: string): string {
  return `${prefix}_${fnvHash(content).toString(16).padStart(8, '0')}`
}

function typeOf(subject: string): string {
  return subject.startsWith('ip6 ') ? 'ipv6_addr' : 'ipv4_addr'
}

const inPlace = /(ip6? [sd]addr|(?:tcp|udp) dport) \{ ([^}]*) \}/g
