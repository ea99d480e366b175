/**
 * Other programs' rules that lead packets past the decision, as VPNs' do with their own. Those that
 * choose a line themselves are followed only while it is down, and whatever can't be followed is
 * named when its line dies. The rules that follow them are `network/rules/followers.ts`.
 */
import { type ByFamily, byFamily } from '../../model/address.ts'
import { mainTable } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Bypass } from '../../network/rules/bypasses.ts'
import { followedBypasses } from '../../network/rules/followers.ts'
import { describeBypasses, describeLosses, describeLost } from '../../report/bypass-phrases.ts'
import type { Concern, Decided, Figures, Wishes } from '../concern.ts'

export class Bypasses implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  /** What was logged: a rule that comes and goes is told once each time it comes. */
  #told: readonly string[] = []
  /** Those that can't be followed, while the line that they use is down. */
  #lost: readonly Bypass[] = []

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  wishes({ host, uplinks, decision, healths, active }: Decided): Wishes {
    if (host === null || !active) {
      this.#lost = []
      return {}
    }
    const down: ByFamily<readonly string[]> = byFamily((family) =>
      uplinks.map(({ name }) => name).filter((name) => healths[family].get(name)?.state === 'down'),
    )
    const bypasses = followedBypasses({ settings: this.#settings, uplinks, decision, host, down })
    this.#lost = bypasses.filter(
      ({ rule, wan, following }) =>
        following.kind === 'impossible' && wan !== null && down[rule.family].includes(wan),
    )
    this.#tell(bypasses)
    return bypasses.some(choosesWan) ? { down } : {}
  }

  problems(): readonly string[] {
    return describeLost(this.#lost)
  }

  figures(): Figures {
    const lost = new Map<string, string>()
    for (const wan of new Set(this.#lost.map((bypass) => bypass.wan ?? ''))) {
      const own = this.#lost.filter((bypass) => bypass.wan === wan)
      lost.set(wan, describeLosses(own).slice(0, maxNamed).join('; '))
    }
    return lost.size === 0 ? {} : { lost }
  }

  #tell(bypasses: readonly Bypass[]): void {
    const told = describeBypasses(bypasses)
    const fresh = told.filter((text) => !this.#told.includes(text))
    for (const text of fresh.slice(0, maxNamed)) this.#log.info(text)
    this.#told = told
  }
}

function choosesWan({ rule: { action } }: Bypass): boolean {
  return action.kind === 'lookup' && action.table !== mainTable
}

const maxNamed = 4
