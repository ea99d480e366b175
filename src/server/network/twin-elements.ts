/**
 * The two addresses of each house as elements of the table's maps: the mark of each address's twin,
 * and by that mark where it is. They run out in the kernel, so that nothing is sent to addresses that
 * nobody proves any more, even where this program is dead.
 */
import { type Family, families } from '../../model/address.ts'
import type { HelloOrigin } from '../../model/tunnel/hello.ts'
import type { Twins } from '../hello/proven-addresses.ts'
import { serverTable } from './server-table.ts'

/** Until they are written again; longer than a few of the daemon's rounds. */
export const elementLifeS = 45

/** One transaction: what stood before is gone, whatever it was. */
export function twinScript(twins: readonly Twins[]): string {
  const lines = families.flatMap((family) => {
    const word = family === 'ipv4' ? 'ip' : 'ip6'
    const table = `${word} ${serverTable}`
    const flushes = ['twins', 'twin_address', 'twin_port'].map((map) => `flush map ${table} ${map}`)
    const elements = elementsOf(twins, family)
    if (elements.twins.length === 0) return flushes
    const adds = Object.entries(elements).map(
      ([map, list]) => `add element ${table} ${map} { ${list.join(', ')} }`,
    )
    return [...flushes, ...adds]
  })
  return `${lines.join('\n')}\n`
}

function elementsOf(twins: readonly Twins[], family: Family) {
  const elements = {
    twins: [] as string[],
    twin_address: [] as string[],
    twin_port: [] as string[],
  }
  const life = `timeout ${elementLifeS}s`
  const ofFamily = twins.filter((one) => one.family === family)
  for (const [index, { pair }] of ofFamily.entries()) {
    const marks = [markOf(2 * index), markOf(2 * index + 1)] as const
    const add = (from: HelloOrigin, to: HelloOrigin, mark: string): void => {
      elements.twins.push(`${from.address} . ${from.port} ${life} : ${mark}`)
      elements.twin_address.push(`${mark} ${life} : ${to.address}`)
      elements.twin_port.push(`${mark} ${life} : ${to.port}`)
    }
    add(pair[0], pair[1], marks[0])
    add(pair[1], pair[0], marks[1])
  }
  return elements
}

/** In the highest byte, as all our marks; none of these outlives the packet's way out. */
function markOf(nth: number): string {
  return `0x${(nth + 1).toString(16).padStart(2, '0')}000000`
}
