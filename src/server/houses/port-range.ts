/** Ports as a user writes them: `tcp/443`, `udp/5000-5010`. */

export interface PortRange {
  readonly protocol: 'tcp' | 'udp'
  readonly first: number
  readonly last: number
}

/** null: it is none. */
export function readPortRange(text: string): PortRange | null {
  const [, word, from = '', to = from] = /^(tcp|udp)\/(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const [first, last] = [Number(from), Number(to)]
  if (word === undefined || first < 1 || last > 65_535 || first > last) return null
  return { protocol: word === 'tcp' ? 'tcp' : 'udp', first, last }
}

export function overlap(one: PortRange, other: PortRange): boolean {
  if (one.protocol !== other.protocol) return false
  return one.first <= other.last && other.first <= one.last
}

/** As nft writes it. */
export function rangeText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`
}
