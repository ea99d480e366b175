/**
 * The WANs that let go of this machine's own UDP: its sockets keep an address for ever, and would
 * stay on a dead or metered line with it. A WAN that nobody has judged yet frees nothing.
 */
import { type ByFamily, byFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import type { Settings } from '../model/settings/settings.ts'
import { isAnswering } from './rank.ts'

export interface FreedQuestion {
  readonly healths: Healths
  readonly decision: Decision
  /** The WANs whose running flows stay. */
  readonly kept: ByFamily<readonly string[]>
}

/** None where the default policy's own WAN is no better: what can't be helped stays where it is. */
export function freedWans(
  { wans }: Pick<Settings, 'wans'>,
  { healths, decision, kept }: FreedQuestion,
): ByFamily<readonly string[]> {
  return byFamily((family) => {
    const current = decision.policies.get('default')?.[family].wan ?? null
    if (current === null || !isAnswering(healths[family].get(current))) return []
    const isJudged = (wan: string) => (healths[family].get(wan)?.state ?? 'unknown') !== 'unknown'
    return wans
      .map(({ name }) => name)
      .filter((wan) => wan !== current && !kept[family].includes(wan) && isJudged(wan))
  })
}
