/** The DNS servers that this machine asks: a row each. */
import type { Snapshot } from '../../../model/published/snapshot.ts'
import type { Tone } from '../frame/card-styles.ts'
import type { Texts } from '../texts/texts.ts'

export interface ResolverView {
  readonly address: string
  readonly state: string
  readonly tone: Tone
  /** The line with which it dies; null: none. */
  readonly via: string | null
  readonly why: string
}

export function resolverViews(
  { resolvers }: Pick<Snapshot, 'resolvers'>,
  { names: t }: Texts,
): readonly ResolverView[] {
  // A daemon from before an update may still be the one that answers.
  return Object.entries(resolvers ?? {}).map(([address, { state, via, rescued, reason }]) => {
    const shown = rescued ? 'rescued' : state
    return { address, state: t.states[shown], tone: tones[shown], via, why: reason }
  })
}

const tones: Readonly<Record<'up' | 'down' | 'unknown' | 'rescued', Tone>> = {
  up: 'good',
  down: 'bad',
  unknown: 'neutral',
  rescued: 'notice',
}
