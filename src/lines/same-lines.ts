/**
 * Which of the lines that were found are one line to the Internet. Two that are taken for one cost the
 * user nothing but a look; one that is taken for two is a backup that dies with what it stands in for.
 */
import type { HeardLine } from '../model/line-search.ts'

/** `shared_address`: they have one public address, but the provider gives it to many. */
export type Sameness = 'same' | 'different' | 'shared_address'

export function sameness(one: HeardLine, other: HeardLine): Sameness {
  if (passesOnTo(one, other) || passesOnTo(other, one)) return 'same'
  if (one.publicIp !== null && other.publicIp !== null) {
    if (one.publicIp !== other.publicIp) return 'different'
    return haveNothingInCommon(one, other) ? 'shared_address' : 'same'
  }
  const isOneRouter = one.mac !== null && one.mac === other.mac
  const isSame = isOneRouter || isBehind(one, other) || isBehind(other, one) || meetNext(one, other)
  return isSame ? 'same' : 'different'
}

/** Its own way to the Internet is by another neighbour of the very same network. */
export function passesOnTo(one: HeardLine, other: HeardLine): boolean {
  if (one.link !== other.link || one === other) return false
  // Without translating: what it passed on is answered past it.
  if (one.answersFrom !== null && one.answersFrom === other.mac) return true
  if (other.address === null) return false
  return one.redirectsTo === other.address || one.hops[0] === other.address
}

function isBehind(inner: HeardLine, outer: HeardLine): boolean {
  return outer.address !== null && inner.hops.includes(outer.address)
}

function meetNext(one: HeardLine, other: HeardLine): boolean {
  const [next] = one.hops
  return next !== undefined && next !== null && next === other.hops[0]
}

/** Both name routers on their way, and none is on the other's. */
function haveNothingInCommon(one: HeardLine, other: HeardLine): boolean {
  if (isBehind(one, other) || isBehind(other, one)) return false
  const named = one.hops.filter((hop) => hop !== null)
  const others = other.hops.filter((hop) => hop !== null)
  return named.length > 0 && others.length > 0 && !named.some((hop) => others.includes(hop))
}
