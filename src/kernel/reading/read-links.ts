/** Links and addresses from what `ip -N -j` prints. */
import type { Family } from '../../model/address.ts'
import type { Address, Link, Neighbour } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { addressEntry, addressesEntry, linkEntry, neighbourEntry, readEntries } from './ip-json.ts'

/** ARPHRD numbers of include/uapi/linux/if_arp.h that homes have; -N shows them bare. */
const linkTypes: Readonly<Record<string, string>> = {
  '[1]': 'ether',
  '[512]': 'ppp',
  '[519]': 'rawip',
  '[768]': 'ipip',
  '[769]': 'tunnel6',
  '[772]': 'loopback',
  '[776]': 'sit',
  '[778]': 'gre',
  '[65534]': 'none',
}

const scopes: Readonly<Record<string, Address['scope']>> = {
  '0': 'global',
  '200': 'site',
  '253': 'link',
  '254': 'host',
}

export function readLinks(entries: readonly unknown[], log: Log): Link[] {
  return readEntries(entries, linkEntry, {
    log,
    convert: (entry) => ({
      index: entry.ifindex,
      name: entry.ifname,
      up: entry.flags.includes('UP'),
      carrier: entry.flags.includes('LOWER_UP') && !entry.flags.includes('NO-CARRIER'),
      type: linkTypes[entry.link_type] ?? entry.link_type,
      mac:
        entry.link_type === '[1]' || entry.link_type === 'ether' ? (entry.address ?? null) : null,
    }),
  })
}

/** Those whose MAC is known, whatever their state. */
export function readNeighbours(entries: readonly unknown[], log: Log): Neighbour[] {
  return readEntries(entries, neighbourEntry, {
    log,
    convert: ({ dst, dev, lladdr }) =>
      lladdr === undefined ? [] : [{ address: dst, link: dev, mac: lladdr }],
  }).flat()
}

/** A link's lasting ones first: whoever needs one of several keeps it for as long as he can. */
export function readAddresses(entries: readonly unknown[], log: Log): Address[] {
  return readEntries(entries, addressesEntry, {
    log,
    convert: (entry) =>
      readEntries(entry.addr_info, addressEntry, { log, convert: (address) => address })
        .toSorted((a, b) => Number(a.temporary) - Number(b.temporary))
        .map((address) => ({
          family: (address.family === 'inet' ? 'ipv4' : 'ipv6') satisfies Family as Family,
          link: entry.ifname,
          address: address.local,
          prefixLength: address.prefixlen,
          scope: scopes[address.scope] ?? 'global',
          usable: !(address.tentative || address.dadfailed || address.deprecated),
        })),
  }).flat()
}
