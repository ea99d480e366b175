/**
 * Docker's chain for rules of its users, by way of `iptables` and `ip6tables`: nft's own words
 * there would make the chain unreadable for iptables. It must never touch a rule without our
 * comment, and never speak to iptables' legacy tables.
 */
import { type Family, families } from '../../model/address.ts'
import type { DockerAccept, DockerFilter } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { acceptComment, dockerChain } from '../../network/accepts/desired-accepts.ts'
import { type Chain, dropsForwarded, readChains } from '../reading/nft-chains.ts'
import type { Tools } from '../tools/run-tool.ts'
import { runTool } from '../tools/run-tool.ts'

export type StandingFilter = Omit<DockerFilter, 'clientLinks'>

/** iptables' own tables in nft. */
const nftFamilies: Readonly<Record<Family, string>> = { ipv4: 'ip', ipv6: 'ip6' }
/** A commit waits for the kernel's grace period and for other tools' transactions. */
const commitTimeoutMs = 10_000

export class DockerUser {
  readonly #tools: Tools
  readonly #log: Log
  #standing: Promise<StandingFilter | null> | null = null
  /** As they were listed last. */
  readonly #accepted = new Map<Family, readonly DockerAccept[]>()
  /** null: not asked yet. */
  #usable: Promise<boolean> | null = null

  constructor(options: { readonly tools: Tools; readonly log: Log }) {
    this.#tools = options.tools
    this.#log = options.log
  }

  /** What was read last, until `forget`; null where there is no such chain, or no way to it. */
  read(): Promise<StandingFilter | null> {
    this.#standing ??= this.#read()
    return this.#standing
  }

  /** Somebody may have changed it. */
  forget(): void {
    this.#standing = null
  }

  /** null, or why it failed. What stands already is no failure. */
  async add(accept: DockerAccept): Promise<string | null> {
    this.forget()
    const { lines, error } = await this.#rules(accept.family)
    if (lines === null) return error
    if (lines.includes(accept.words)) return null
    const firstOther = lines.findIndex((line) => !isDrop(line))
    const drops = firstOther === -1 ? lines.length : firstOther
    return this.#change(accept, ['-I', dockerChain, String(drops + 1)])
  }

  /** null, or why it failed. What is gone, be it with its chain, is no failure. */
  async remove(accept: DockerAccept): Promise<string | null> {
    this.forget()
    const error = await this.#change(accept, ['-D', dockerChain])
    return error === null || isAbsence(error) ? null : error
  }

  async #read(): Promise<StandingFilter | null> {
    const chains = await readChains(this.#tools.nft)
    if (chains === null) {
      this.forget()
      return null
    }
    const there = families.filter((family) => hasDockerUser(family, chains))
    if (there.length === 0) return null
    if (!(await this.#isUsable())) {
      if (this.#usable === null) this.forget()
      return null
    }
    const accepts = await Promise.all(there.map((family) => this.#accepts(family)))
    return {
      drops: there.filter((family) => drops(family, chains)),
      accepts: accepts.flat(),
    }
  }

  /** What can't be listed is not lost: it counts as it was, and is listed anew the next time. */
  async #accepts(family: Family): Promise<readonly DockerAccept[]> {
    const { lines, error } = await this.#rules(family)
    if (lines === null) {
      this.#log.debug(`Listing ${dockerChain}: ${error}`)
      this.forget()
      return this.#accepted.get(family) ?? []
    }
    const accepts = lines.filter(isOurs).map((words) => ({ family, words }))
    this.#accepted.set(family, accepts)
    return accepts
  }

  /** iptables-legacy has tables of its own, which Docker's are not in. */
  #isUsable(): Promise<boolean> {
    this.#usable ??= runTool(this.#tools.iptables, ['-V']).then((answer) => {
      const said = answer.kind === 'done' ? answer.output.trim() : answer.error
      const usable = answer.kind === 'done' && said.includes('nf_tables')
      if (!usable) this.#log.debug(`${dockerChain} is left alone: ${said}`)
      // One that fails, or prints something else, has not said which one it is.
      if (answer.kind !== 'done' || !/tables v\d/.test(said)) this.#usable = null
      return usable
    })
    return this.#usable
  }

  async #rules(family: Family): Promise<ListedRules> {
    const command = this.#command(family)
    const answer = await runTool(command, [...waiting, '-S', dockerChain])
    if (answer.kind !== 'done') return { lines: null, error: answer.error }
    const lines = linesOf(answer.output)
    return lines === null ? { lines, error: `${command} does not list ${dockerChain}` } : { lines }
  }

  async #change(accept: DockerAccept, where: readonly string[]): Promise<string | null> {
    const args = [...waiting, ...where, ...accept.words.split(' ')]
    const options = { timeoutMs: commitTimeoutMs }
    const answer = await runTool(this.#command(accept.family), args, options)
    return answer.kind === 'done' ? null : answer.error
  }

  #command(family: Family): string {
    return family === 'ipv4' ? this.#tools.iptables : this.#tools.ip6tables
  }
}

/** Seconds for which another iptables may hold the lock; shorter than any of our time limits. */
const waiting = ['-w', '1']

function hasDockerUser(family: Family, chains: readonly Chain[]): boolean {
  return chains.some((chain) => isFilters(chain, family) && chain.name === dockerChain)
}

function drops(family: Family, chains: readonly Chain[]): boolean {
  return chains.some((chain) => isFilters(chain, family) && dropsForwarded(chain))
}

function isFilters({ family, table }: Chain, wanted: Family): boolean {
  return family === nftFamilies[wanted] && table === 'filter'
}

type ListedRules =
  | { readonly lines: readonly string[]; readonly error?: never }
  | { readonly lines: null; readonly error: string }

/** The rules of `iptables -S`; null without its first line, which makes the chain, and a whole last one. */
function linesOf(output: string): readonly string[] | null {
  const start = `-A ${dockerChain} `
  if (!output.startsWith(`-N ${dockerChain}\n`) || !output.endsWith('\n')) return null
  return output
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).trim())
}

function isOurs(words: string): boolean {
  return ` ${words} `.includes(` --comment ${acceptComment} `)
}

/** What the chain's owner drops on purpose at its beginning goes on being dropped. */
function isDrop(words: string): boolean {
  return / -j (DROP|REJECT)( |$)/.test(` ${words}`)
}

/** The words of iptables 1.8 for a rule and for a chain that isn't there. */
function isAbsence(error: string): boolean {
  return /does a matching rule exist|No chain\/target\/match by that name/.test(error)
}
