import { type ByFamily, byFamily } from '../address.ts'
import type { ProbeSettings, WanSettings } from './settings.ts'

/** The addresses that this WAN's probes ask, by family. */
export function targetsOf(
  { targets: own }: Pick<WanSettings, 'targets'>,
  { targets: shared }: Pick<ProbeSettings, 'targets'>,
): ByFamily<readonly string[]> {
  return byFamily((family) => (own[family].length > 0 ? own[family] : shared[family]))
}
