/**
 * Has a real request made through each WAN now and then, and tells health what that shows: TCP that
 * is dead while ping lives, or a captive portal. `health/real-checks.ts` judges.
 */
import { RealChecks } from '../../health/real-checks.ts'
import { families } from '../../model/address.ts'
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import type { Settings, WanSettings } from '../../model/settings/settings.ts'
import { gatewayOf, type Uplink } from '../../model/uplink.ts'
import { checkUrls } from '../../model/web-check.ts'
import type { Concern, Decided, Evidence, Seen } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class WebChecks implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  readonly #checks: RealChecks
  #speaking: ReadonlySet<string> = new Set()
  #doubt: string | null = null

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
    const [first, second] = checkUrls(settings.probe.httpUrl)
    this.#checks = new RealChecks([new URL(first).host, new URL(second).host])
  }

  wakeAtMs(): number {
    return this.#checks.wakeAtMs()
  }

  take(event: DaemonEvent): boolean {
    if (event.kind !== 'web_checked') return false
    this.#checks.take(event, event.answers)
    const doubt = this.#checks.doubt()
    if (doubt !== null && doubt !== this.#doubt) this.#log.warn(doubt)
    this.#doubt = doubt ?? this.#doubt
    return false
  }

  evidence(seen: Seen): Evidence {
    this.#see(seen)
    return { faults: this.#checks.faults() }
  }

  afterwards(decided: Decided): readonly Errand[] {
    const { active, healths, nowMs } = decided
    const states = [...healths.ipv4].filter(
      ([, { state }]) => active && (state === 'up' || state === 'degraded'),
    )
    this.#speaking = new Set(states.map(([name]) => name))
    this.#see(decided)
    return this.#checks.begin(nowMs).map((check) => ({ kind: 'check_web', ...check }))
  }

  #see({ uplinks, inUse }: Seen): void {
    const { wans, probe } = this.#settings
    this.#checks.see(
      wans.map((wan) => {
        const rarely = wan.metered && !inUse.has(wan.name)
        const speaks = this.#speaking.has(wan.name)
        // On a metered standby the first method alone is asked.
        const asked = rarely ? probe.methods.slice(0, 1) : probe.methods
        const covered = asked.includes('http')
        return { index: wan.index, place: placeOf(wan, uplinks), speaks, rarely, covered }
      }),
    )
  }
}

function placeOf({ index }: WanSettings, uplinks: readonly Uplink[]): string | null {
  const uplink = uplinks[index]
  if (uplink === undefined || uplink.link === null || uplink.ways.ipv4.problem !== null) return null
  return [uplink.link, ...families.map((family) => gatewayOf(uplink, family))].join(' ')
}
