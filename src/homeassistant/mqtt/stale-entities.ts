/**
 * What an earlier start left on the broker under names that are gone: the entities and retained
 * states of a WAN or policy that was renamed or removed. Pure.
 */
import * as v from 'valibot'
import type { DiscoveryMessage } from './discovery.ts'
import type { Topics } from './topics.ts'

const earlierMessage = v.object({
  components: v.record(v.string(), v.object({ platform: v.string() })),
})

export interface DroppingMessage extends Omit<DiscoveryMessage, 'components'> {
  readonly components: Readonly<Record<string, { readonly platform: string }>>
}

/**
 * The message that makes Home Assistant drop what is stale: ours, with the stale components named
 * by their platform only. null if nothing is stale, or if the retained message isn't ours.
 */
export function droppingMessage(
  earlierPayload: string,
  current: DiscoveryMessage,
): DroppingMessage | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), earlierMessage), earlierPayload)
  if (!parsed.success) return null
  const stale: Record<string, { readonly platform: string }> = {}
  for (const [id, component] of Object.entries(parsed.output.components)) {
    if (!Object.hasOwn(current.components, id)) stale[id] = { platform: component.platform }
  }
  if (Object.keys(stale).length === 0) return null
  return { ...current, components: { ...current.components, ...stale } }
}

/** Subscribed to for a moment after connecting: what we may have left there. */
export function survivingStateTopics(topics: Topics): readonly string[] {
  return [topics.wanState('+'), topics.policyState('+'), topics.restState]
}

/** Whether it is we who retain something there: we never clear users' own messages. */
export function isOurStateTopic(topic: string, topics: Topics): boolean {
  const { status, state, testFailoverState, modeState, restState } = topics
  if ([status, state, testFailoverState, modeState, restState].includes(topic)) return true
  if (!topic.startsWith(`${topics.base}/`)) return false
  return /^(wan|policy)\/[^/]+\/state$/.test(topic.slice(topics.base.length + 1))
}
