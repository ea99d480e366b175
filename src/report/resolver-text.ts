/** Resolvers in plain words: where one is, and what is wrong with where it is. */
import type { KnownResolver, Rescue } from '../model/resolver.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { ResolverPlace } from '../network/resolver-wans.ts'

export interface PlacedResolver extends KnownResolver {
  readonly place: ResolverPlace
}

export function describePlace(place: ResolverPlace): string {
  switch (place.kind) {
    case 'own':
      return 'it is on this machine'
    case 'router':
      return `it is ${place.wan}'s router`
    case 'pinned':
      return `a route to ${place.destination} in main leads there by ${place.wan} alone`
    case 'neighbour':
      return 'it is a neighbour, on no line'
    case 'internet':
      return 'any line may lead there'
  }
}

/** Who answers instead, as far as questions pass this machine. */
export function describeRescue({ answersBy }: Rescue): string {
  const answers = [...answersBy].map(([wan, server]) => `${server} by ${wan}`)
  return `what passes this machine asks ${answers.join(', ')} instead`
}

/** What will go wrong with names one day, a sentence each, with the remedy. */
export function adviseResolvers(
  resolvers: readonly PlacedResolver[],
  { dnsRescue, probe }: Pick<Settings, 'dnsRescue' | 'probe'>,
): readonly string[] {
  const real = resolvers.filter(({ forwards }) => !forwards)
  const better = probe.targets.ipv4.slice(0, 2).join(' or ')
  const rescue =
    dnsRescue === 'auto'
      ? 'Until then, what passes this machine is handed to one that answers'
      : 'With dns_rescue: auto, what passes this machine would be handed to one that answers'
  const [first] = real
  const wan = first === undefined ? null : wanOf(first.place)
  const advice: string[] = []
  if (first !== undefined && wan !== null && real.every(({ place }) => wanOf(place) === wan)) {
    const who = real.length === 1 ? `the only DNS server, ${first.address}, ` : allOf(real)
    const where = real.length === 1 ? placeInShort(first.place) : `hang on ${wan}`
    advice.push(
      `${who}${where}: when that line dies, names die with it. Better: give this machine a DNS ` +
        `server that every line reaches as well${better === '' ? '' : `, like ${better}`}. ${rescue}`,
    )
  }
  const routers = real.filter(({ place }) => place.kind === 'router')
  if (routers.length > 0) {
    advice.push(
      `devices that ask ${addressesOf(routers)} directly, in its own network, get no names while ` +
        'that line is down: their questions never pass this machine. In the DHCP server, set ' +
        `${better === '' ? 'DNS servers that every line reaches' : `${better} as their DNS server`}, ` +
        'with this machine as their gateway',
    )
  }
  return advice
}

/** The WAN with which a resolver dies, by where it is; null: with none. */
export function wanOf(place: ResolverPlace): string | null {
  return place.kind === 'router' || place.kind === 'pinned' ? place.wan : null
}

function placeInShort(place: ResolverPlace): string {
  if (place.kind === 'router') return `is ${place.wan}'s router`
  return place.kind === 'pinned'
    ? `is only reached by ${place.wan} (a route to ${place.destination} in main)`
    : ''
}

function allOf(resolvers: readonly KnownResolver[]): string {
  return `all DNS servers, ${addressesOf(resolvers)}, `
}

function addressesOf(resolvers: readonly KnownResolver[]): string {
  return resolvers.map(({ address }) => address).join(' and ')
}
