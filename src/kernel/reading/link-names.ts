import type { Link } from '../../model/host.ts'

/**
 * A persistent `ip` remembers which name each link index has, and never forgets: after a link is
 * renamed, or deleted and made again, it prints and uses the old pair. This notices when that has
 * happened, so that the helpers can start again.
 */
export class LinkNames {
  #known: ReadonlyMap<number, string> = new Map()

  /** Takes the links as they are; true where a known pair is no more. */
  isOutdatedBy(links: readonly Link[]): boolean {
    const now = new Map(links.map(({ index, name }) => [index, name]))
    const outdated = [...this.#known].some(([index, name]) => now.get(index) !== name)
    this.#known = now
    return outdated
  }
}
