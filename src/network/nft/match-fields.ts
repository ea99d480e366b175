/**
 * What the conditions of policies look at in a packet, and what is known of each field, in one
 * table. No code may take a field's name apart to learn the same.
 */
import type { Family } from '../../model/address.ts'

/** What sets hold, in nft's words, each with a field that has such values. */
export const elementFields = {
  ipv4_addr: 'ip saddr',
  ipv6_addr: 'ip6 saddr',
  ether_addr: 'ether saddr',
  inet_service: 'th dport',
} as const

export type ElementType = keyof typeof elementFields

export type Field = `${'ip' | 'ip6'} ${'saddr' | 'daddr'}` | `${'tcp' | 'udp'} ${'sport' | 'dport'}`

export interface FieldFacts {
  /** Of the elements of a set that holds its values. */
  readonly type: ElementType
  /** null: packets of both have it. */
  readonly family: Family | null
  /** The same of the other end, for packets that come back. */
  readonly opposite: Field
}

export const matchFields: Readonly<Record<Field, FieldFacts>> = {
  'ip saddr': { type: 'ipv4_addr', family: 'ipv4', opposite: 'ip daddr' },
  'ip daddr': { type: 'ipv4_addr', family: 'ipv4', opposite: 'ip saddr' },
  'ip6 saddr': { type: 'ipv6_addr', family: 'ipv6', opposite: 'ip6 daddr' },
  'ip6 daddr': { type: 'ipv6_addr', family: 'ipv6', opposite: 'ip6 saddr' },
  'tcp sport': { type: 'inet_service', family: null, opposite: 'tcp dport' },
  'tcp dport': { type: 'inet_service', family: null, opposite: 'tcp sport' },
  'udp sport': { type: 'inet_service', family: null, opposite: 'udp dport' },
  'udp dport': { type: 'inet_service', family: null, opposite: 'udp sport' },
}
