/** Docker's chain for its users in memory, as iptables treats it. */
import type { Family } from '../../src/model/address.ts'
import type { DockerAccept, DockerFilter } from '../../src/model/host.ts'
import { acceptComment } from '../../src/network/accepts/desired-accepts.ts'

export class FakeDockerUser {
  /** The rules of each chain that is there, as `iptables -S` prints them. */
  readonly chains = new Map<Family, readonly string[]>()
  drops: readonly Family[] = []
  clientLinks: readonly string[] = []

  filter(): DockerFilter | null {
    if (this.chains.size === 0) return null
    const accepts = [...this.chains].flatMap(([family, rules]) =>
      rules.filter(isOurs).map((words) => ({ family, words })),
    )
    return { drops: this.drops, accepts, clientLinks: this.clientLinks }
  }

  /** null, or what iptables says. */
  add({ family, words }: DockerAccept): string | null {
    const rules = this.chains.get(family)
    if (rules === undefined) return 'No chain/target/match by that name.'
    if (rules.includes(words)) return null
    const other = rules.findIndex((rule) => !/-j (DROP|REJECT)\b/.test(rule))
    this.chains.set(family, rules.toSpliced(other === -1 ? rules.length : other, 0, words))
    return null
  }

  remove({ family, words }: DockerAccept): null {
    const rules = this.chains.get(family) ?? []
    const position = rules.indexOf(words)
    if (position >= 0) this.chains.set(family, rules.toSpliced(position, 1))
    return null
  }
}

function isOurs(words: string): boolean {
  return words.includes(`--comment ${acceptComment}`)
}
