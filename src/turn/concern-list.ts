/** All concerns as one: each question goes to every one of them, in their order. */
import type { DaemonEvent } from '../model/event.ts'
import type { HostState } from '../model/host.ts'
import type { Concern, Decided, Done, Evidence, Figures, Seen, Wishes } from './concern.ts'
import type { Errand } from './errand.ts'

export class ConcernList {
  readonly #concerns: readonly Concern[]

  constructor(concerns: readonly Concern[]) {
    this.#concerns = concerns
  }

  start(host: HostState): readonly Errand[] {
    return this.#concerns.flatMap((concern) => concern.start?.(host) ?? [])
  }

  /** Returns whether users should hear of it at once. */
  take(event: DaemonEvent, seen: Seen): boolean {
    let isNews = false
    for (const concern of this.#concerns) isNews = concern.take?.(event, seen) === true || isNews
    return isNews
  }

  linksToRead(seen: Seen): readonly string[] {
    return [...new Set(this.#concerns.flatMap((concern) => concern.linksToRead?.(seen) ?? []))]
  }

  evidence(seen: Seen): Required<Evidence> {
    const heard: number[] = []
    const capped = new Set<string>()
    const faults = new Map<number, string>()
    for (const concern of this.#concerns) {
      const evidence = concern.evidence?.(seen)
      heard.push(...(evidence?.heard ?? []))
      for (const wan of evidence?.capped ?? []) capped.add(wan)
      for (const [wan, fault] of evidence?.faults ?? []) faults.set(wan, fault)
    }
    return { heard, capped, faults }
  }

  wishes(decided: Decided): Wishes {
    return Object.assign({}, ...this.#concerns.map((concern) => concern.wishes?.(decided) ?? {}))
  }

  afterwards(done: Done, stands: boolean): readonly Errand[] {
    return this.#concerns.flatMap((concern) => concern.afterwards?.(done, stands) ?? [])
  }

  wakeAtMs(): number {
    const times = this.#concerns.map((concern) => concern.wakeAtMs?.() ?? Number.POSITIVE_INFINITY)
    return Math.min(...times)
  }

  problems(): readonly string[] {
    return this.#concerns.flatMap((concern) => concern.problems?.() ?? [])
  }

  advice(): readonly string[] {
    return this.#concerns.flatMap((concern) => concern.advice?.() ?? [])
  }

  figures(): Figures {
    return Object.assign({}, ...this.#concerns.map((concern) => concern.figures?.() ?? {}))
  }

  hasNews(): boolean {
    return this.#concerns.filter((concern) => concern.hasNews?.() === true).length > 0
  }

  stop(): readonly Errand[] {
    return this.#concerns.flatMap((concern) => concern.stop?.() ?? [])
  }
}
