/**
 * Running queries when a rescue begins, ends or changes: they go on as their first packet went,
 * and who always asks from one port would wait for ever. So they are forgotten, once the plan
 * stands; what wants the rescue is none of its business.
 */
import type { Settings } from '../../model/settings/settings.ts'
import { rescueTexts } from '../../network/rescued-queries.ts'
import type { Concern, Done } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class RescuedFlows implements Concern {
  readonly #settings: Settings
  /** By resolver, what becomes of its queries; null: what an earlier run has left is not known. */
  #standing: ReadonlyMap<string, string> | null = null

  constructor(settings: Settings) {
    this.#settings = settings
  }

  afterwards(done: Done, stands: boolean): readonly Errand[] {
    if (!done.active || !stands || done.host === null) return []
    const { uplinks, decision, wishes, capabilities } = done
    const { rescues = [] } = wishes
    const { nat6 = true, dnat = true } = capabilities
    const before = this.#standing
    const settings = this.#settings
    this.#standing = rescueTexts({ settings, uplinks, decision, rescues, nat6, dnat })
    if (before === null) return [{ kind: 'forget_queries', resolvers: null }]
    const resolvers = [...new Set([...before.keys(), ...this.#standing.keys()])]
    const changed = resolvers.filter((one) => before.get(one) !== this.#standing?.get(one))
    return changed.length === 0 ? [] : [{ kind: 'forget_queries', resolvers: changed }]
  }
}
