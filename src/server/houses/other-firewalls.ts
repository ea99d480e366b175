/** Chains of others that may drop a house's packets: an accept of ours can't overrule them. */
import type { Chain } from '../../kernel/reading/nft-chains.ts'

export interface FirewallNeeds {
  readonly ownTable: string
  readonly link: string
  /** WireGuard's. */
  readonly port: number
}

/** What each of them must let pass, as a line for a user. */
export function firewallLines(
  chains: readonly Chain[],
  { ownTable, link, port }: FirewallNeeds,
): readonly string[] {
  const needs: Readonly<Record<string, string>> = {
    forward: `what is forwarded to and from ${link}`,
    input: `UDP ${port}, and what comes from ${link}`,
  }
  return chains.flatMap(({ family, table, name, hook = '', policy }) => {
    const need = needs[hook]
    if (need === undefined || policy !== 'drop' || table === ownTable) return []
    const where = `The firewall ${family} ${table}, chain ${name},`
    return [`${where} drops what no rule of it lets pass: one has to let ${need}.`]
  })
}
