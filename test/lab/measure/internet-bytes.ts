/** The bytes that the Internet's end of each WAN's line has seen: what a provider would bill. */
import type { Lab } from '../lab.ts'
import type { WanNumber } from '../network/plan.ts'

export class InternetBytes {
  readonly #lab: Lab

  private constructor(lab: Lab) {
    this.#lab = lab
  }

  /** Counts from now on. */
  static async count(lab: Lab): Promise<InternetBytes> {
    const rules = (hook: string, word: string) =>
      [1, 2].map((wan) => `${word} "wan${wan}" counter name "${hook}${wan}"`).join('; ')
    const counters = ['from1', 'from2', 'to1', 'to2'].map((name) => `counter ${name} { }`)
    await lab.internet.nft(`table inet bill {
      ${counters.join('\n')}
      chain come { type filter hook prerouting priority raw; ${rules('from', 'iifname')}; }
      chain go { type filter hook postrouting priority 200; ${rules('to', 'oifname')}; }
    }`)
    return new InternetBytes(lab)
  }

  /** Both ways, IP packets whole. */
  async of(wan: WanNumber): Promise<number> {
    const text = await this.#lab.internet.run('nft', 'list', 'table', 'inet', 'bill')
    return [`from${wan}`, `to${wan}`].reduce((sum, name) => sum + bytesOf(text, name), 0)
  }
}

function bytesOf(listing: string, counter: string): number {
  const found = new RegExp(`counter ${counter} \\{\\s+packets \\d+ bytes (\\d+)`).exec(listing)
  if (found === null) throw new Error(`no counter ${counter} in ${listing}`)
  return Number(found[1])
}
