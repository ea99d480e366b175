/** Which running flows are some policies', as far as addresses and ports tell. */
import type { TcpFlow } from '../../model/flow.ts'
import type { PolicySettings } from '../../model/settings/settings.ts'
import { policyOf } from './policy-of.ts'

export interface FlowFilter {
  /** All of them, in their order. */
  readonly policies: readonly PolicySettings[]
  /** Whose flows are meant; `default` may be among them. */
  readonly names: readonly string[]
  /** This machine's. */
  readonly own: readonly string[]
  /** By address, those of clients, for policies that name MACs. */
  readonly macs: ReadonlyMap<string, string>
}

/** `flow` as the side that began it sees it. */
export function isMeant(
  { policies, names, own, macs }: FlowFilter,
  { from, to, toPort }: TcpFlow,
  protocol: 'tcp' | 'udp',
): boolean {
  const mac = macs.get(from)
  const sender = { from, to, own: own.includes(from), ...(mac === undefined ? {} : { mac }) }
  const policy = policyOf(policies, { ...sender, protocol, port: toPort })
  return names.includes(policy?.name ?? 'default')
}
