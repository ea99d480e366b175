/** The snapshot: when it is due, and what is in it. */
import type { Capabilities } from '../model/host.ts'
import type { Known } from '../report/snapshot.ts'
import { type Announcer, sickWans } from './announcer.ts'
import type { Now } from './concern.ts'
import type { ConcernList } from './concern-list.ts'
import type { Errand } from './errand.ts'
import type { Steering } from './steering.ts'
import type { WanBoard } from './wan-board.ts'

export interface PublicationParts {
  readonly version: string
  readonly board: WanBoard
  readonly steering: Steering
  readonly announcer: Announcer
  readonly concerns: ConcernList
}

export class Publication {
  /** Why a start would observe only, as of the last look; empty where nothing speaks for it. */
  tunnels: readonly string[] = []
  readonly #parts: PublicationParts
  #capabilities: Capabilities | null = null
  /** What kept the kernel from being as decided, as it was handed in last. */
  #kernelProblems: readonly string[] = []

  constructor(parts: PublicationParts) {
    this.#parts = parts
  }

  /** At the start. */
  found(capabilities: Capabilities): void {
    this.#capabilities = capabilities
  }

  /** Where nothing but answers has come: whether it is worth a look. */
  mayBeNews(kernelProblems: readonly string[], { nowMs }: Now): boolean {
    return kernelProblems !== this.#kernelProblems || nowMs >= this.#parts.announcer.wakeAtMs
  }

  publish(kernelProblems: readonly string[], now: Now): Errand[] {
    this.#kernelProblems = kernelProblems
    const problems = this.#problems()
    if (this.#parts.concerns.hasNews()) this.#parts.announcer.hurry(now.nowMs)
    if (this.#capabilities === null || !this.#parts.announcer.isDue(problems, now.nowMs)) return []
    return [{ kind: 'publish', known: this.#known(problems, this.#capabilities, now) }]
  }

  #problems(): readonly string[] {
    const { steering, announcer, concerns } = this.#parts
    return [
      ...steering.observing.map((reason) => `observing only: ${reason}`),
      ...sickWans(announcer.reported),
      ...this.#kernelProblems,
      ...concerns.problems(),
      ...(steering.acceptsTunnels ? [] : this.tunnels.map(besideTunnel)),
      ...steering.problems,
    ]
  }

  #known(
    problems: readonly string[],
    capabilities: Capabilities,
    { nowMs, wallMs }: Now,
  ): Omit<Known, 'bytes'> {
    const { version, board, steering, announcer, concerns } = this.#parts
    return {
      publicAddresses: new Map(),
      ...concerns.figures(),
      version,
      decision: announcer.reported.decision,
      observing: steering.observing,
      healths: board.healths(nowMs),
      qualities: board.qualities(),
      uplinks: board.uplinks,
      capabilities,
      problems,
      nowMs,
      wallMs,
    }
  }
}

/** It came while we run: ours go on, the next start would observe only. */
function besideTunnel(reason: string): string {
  return `${reason}; the default policy's rule still comes first`
}
