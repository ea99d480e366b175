/**
 * Whether new options cost this host somebody whom it reached before. It is told what was seen and
 * when; it asks nobody and takes nothing back itself. Pure.
 */

/**
 * `silent`: it doesn't answer by the host's own rules and routes, though it is there. `gone`: it
 * doesn't answer past them either, so no options are to blame.
 */
export type Sight = 'answers' | 'silent' | 'gone'

/** What was seen of each group's members. */
export type Sights = ReadonlyMap<string, readonly Sight[]>

export type Verdict =
  /** They cost nothing. */
  | { readonly kind: 'passed' }
  /** Take them back: these groups are lost. */
  | { readonly kind: 'costly'; readonly lost: readonly string[] }
  /** With the earlier ones in force somebody of them answers again. */
  | { readonly kind: 'proven' }
  /** Nobody does: something else is the reason. */
  | { readonly kind: 'innocent'; readonly lost: readonly string[] }

export class OptionsJudge {
  #sinceMs: number
  /** By group, since when nobody of it answers. */
  #silentSinceMs: ReadonlyMap<string, number> = new Map()
  /** What the options were taken back for; null: they are in force. */
  #lost: readonly string[] | null = null

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  /** Other options are in force from now on: the new ones, or after `costly` the earlier ones. */
  begins(nowMs: number): void {
    this.#sinceMs = nowMs
    this.#silentSinceMs = new Map()
  }

  /** null: it is too early to say. */
  take(sights: Sights, nowMs: number): Verdict | null {
    return this.#lost === null
      ? this.#try(sights, nowMs)
      : this.#prove(this.#lost, { sights, nowMs })
  }

  #try(sights: Sights, nowMs: number): Verdict | null {
    const silent = [...sights].filter(([, members]) => isLost(members)).map(([group]) => group)
    this.#silentSinceMs = new Map(
      silent.map((group) => [group, this.#silentSinceMs.get(group) ?? nowMs]),
    )
    const lost = silent.filter(
      (group) => nowMs - (this.#silentSinceMs.get(group) ?? nowMs) >= patienceMs,
    )
    if (lost.length > 0) {
      this.#lost = lost
      return { kind: 'costly', lost }
    }
    return silent.length === 0 && nowMs - this.#sinceMs >= trialMs ? { kind: 'passed' } : null
  }

  #prove(
    lost: readonly string[],
    { sights, nowMs }: { readonly sights: Sights; readonly nowMs: number },
  ): Verdict | null {
    if (lost.some((group) => sights.get(group)?.includes('answers'))) return { kind: 'proven' }
    return nowMs - this.#sinceMs >= proofMs ? { kind: 'innocent', lost } : null
  }
}

/** One who answers shows that the way is there, and who is gone shows nothing. */
function isLost(members: readonly Sight[]): boolean {
  return members.includes('silent') && !members.includes('answers')
}

/** Together with the patience well within the half minute that users are promised. */
export const trialMs = 30_000
/** A gateway that starts anew, or a bridge that learns, needs some seconds by itself. */
export const patienceMs = 9_000
/** The earlier options are in force after one or two of them. */
export const proofMs = 10_000
