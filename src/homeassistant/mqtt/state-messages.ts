/** The snapshot as the retained messages that carry it. Pure. */
import type { Snapshot } from '../../model/published/snapshot.ts'
import { automatic, type Names, selectablePolicies, type Topics } from './topics.ts'

export interface StateMessage {
  readonly payload: string
  /** Equal for two messages with the same news: it leaves out the time of writing. */
  readonly content: string
}

/** By topic. */
export function stateMessages(
  snapshot: Snapshot,
  topics: Topics,
  names: Names,
): ReadonlyMap<string, StateMessage> {
  const messages = new Map<string, StateMessage>()
  messages.set(topics.state, {
    payload: JSON.stringify(snapshot),
    content: JSON.stringify({ ...snapshot, at: '' }),
  })
  for (const [name, wan] of Object.entries(snapshot.wans)) {
    messages.set(topics.wanState(name), plain(JSON.stringify(wan)))
  }
  messages.set(topics.testFailoverState, plain(snapshot.test_failover.on ? 'ON' : 'OFF'))
  const { pair } = snapshot
  if (pair !== null) messages.set(topics.restState, plain(pair.resting ? 'ON' : 'OFF'))
  messages.set(topics.modeState, plain(snapshot.mode))
  for (const { name } of selectablePolicies(names)) {
    messages.set(topics.policyState(name), plain(snapshot.policies[name]?.mode ?? automatic))
  }
  return messages
}

function plain(payload: string): StateMessage {
  return { payload, content: payload }
}
