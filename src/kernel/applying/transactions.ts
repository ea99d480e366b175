/** What is no line for `ip`: each change a transaction of the tool that its object belongs to. */
import type { Change, ChangeOf, IpChange } from '../../network/diff/change.ts'
import type { DockerUser } from './docker-user.ts'
import type { NftTable } from './nft.ts'

export interface Firewalls {
  readonly nft: NftTable
  readonly docker: DockerUser
}

type Transaction = Exclude<Change, IpChange>

/** null, or why it failed. */
export function applyTransaction(
  change: Transaction,
  firewalls: Firewalls,
): Promise<string | null> {
  return toolOf(change).apply(change, firewalls)
}

interface Tool<One extends Transaction> {
  apply(change: One, firewalls: Firewalls): Promise<string | null>
}

function toolOf({ kind }: Transaction): Tool<Transaction> {
  return tools[kind]
}

const tools: { readonly [Kind in Transaction['kind']]: Tool<ChangeOf<Kind>> } = {
  replace_nft: { apply: (scripts, { nft }) => nft.replace(scripts) },
  delete_nft: { apply: (_, { nft }) => nft.remove() },
  add_accept: { apply: ({ accept }, { docker }) => docker.add(accept) },
  delete_accept: { apply: ({ accept }, { docker }) => docker.remove(accept) },
}
