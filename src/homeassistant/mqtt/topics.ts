/**
 * The names of all MQTT topics, and the command in a message on one of them. Public: users'
 * automations depend on these names. Pure, and never throws: whatever a broker delivers becomes a
 * command or a reason to refuse it.
 */

import type { Command } from '../../model/decision.ts'
import { isCounted } from '../../model/settings/counted-wans.ts'

/** The part of the settings that Home Assistant needs; `Settings` itself fits. */
export interface Names {
  readonly wans: readonly {
    readonly name: string
    readonly metered?: boolean
    readonly capMb?: number
    /** Left out: it is a line. */
    readonly tunnel?: { readonly over: readonly string[] }
  }[]
  /** Left out, or null: this box is alone. */
  readonly pair?: { readonly role: 'first' | 'second' } | null
  readonly policies: readonly { readonly name: string; readonly use: readonly string[] }[]
}

export interface Topics {
  readonly base: string
  readonly status: string
  readonly state: string
  readonly event: string
  readonly testFailoverState: string
  readonly testFailoverSet: string
  readonly modeState: string
  readonly modeSet: string
  readonly failBackSet: string
  readonly restState: string
  readonly restSet: string
  readonly wanState: (wan: string) => string
  readonly policyState: (policy: string) => string
  readonly policySet: (policy: string) => string
}

export function topicsBelow(base: string): Topics {
  return {
    base,
    status: `${base}/status`,
    state: `${base}/state`,
    event: `${base}/event`,
    testFailoverState: `${base}/test_failover/state`,
    testFailoverSet: `${base}/test_failover/set`,
    modeState: `${base}/mode/state`,
    modeSet: `${base}/mode/set`,
    failBackSet: `${base}/failback/set`,
    restState: `${base}/rest/state`,
    restSet: `${base}/rest/set`,
    wanState: (wan) => `${base}/wan/${wan}/state`,
    policyState: (policy) => `${base}/policy/${policy}/state`,
    policySet: (policy) => `${base}/policy/${policy}/set`,
  }
}

/** The daemon chooses: as a mode, and as a policy's override. No WAN may have this name. */
export const automatic = 'automatic'

/** The payload of a Home Assistant button that sets none of its own. */
const pressed = 'PRESS'

/** Longer than any command: `automatic` or a WAN's name, which has at most 32 characters. */
const maxCommandBytes = 64

/** A policy that may use one WAN only leaves nothing to choose. */
export function selectablePolicies(names: Names): Names['policies'] {
  return names.policies.filter((policy) => policy.use.length > 1)
}

/** The WANs whose bytes cost money. */
export function meteredWans(names: Names): Names['wans'] {
  return names.wans.filter(({ metered = false, capMb = 0 }) => isCounted({ metered, capMb }))
}

export function commandTopics(topics: Topics, names: Names): readonly string[] {
  if (names.wans.length === 0) return []
  return [
    topics.testFailoverSet,
    topics.modeSet,
    topics.failBackSet,
    ...(names.pair == null ? [] : [topics.restSet]),
    ...selectablePolicies(names).map((policy) => topics.policySet(policy.name)),
  ]
}

export interface Message {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retained: boolean
}

export type ParsedCommand =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'refused'; readonly reason: string }

export function parseCommand(message: Message, topics: Topics, names: Names): ParsedCommand {
  if (message.retained) {
    // It would run again at every reconnect, long after the user meant it.
    return refused('it is retained: publish commands without the retain flag')
  }
  if (message.payload.length > maxCommandBytes) {
    return refused(
      `it has ${message.payload.length} bytes; a command has at most ${maxCommandBytes}`,
    )
  }
  const text = decodeUtf8(message.payload)
  if (text === null) return refused('it is not UTF-8 text')
  return commandOf(message.topic, text, { topics, names })
}

function commandOf(
  topic: string,
  text: string,
  known: { readonly topics: Topics; readonly names: Names },
): ParsedCommand {
  const { topics, names } = known
  const wans = names.wans.map((wan) => wan.name)
  if (topic === topics.testFailoverSet) return switchOf('set_test', text)
  if (topic === topics.restSet && names.pair != null) return switchOf('set_rest', text)
  if (topic === topics.modeSet) {
    const choices = [automatic, ...wans]
    if (choices.includes(text)) return accepted({ kind: 'set_mode', mode: text })
    return notOneOf(text, choices)
  }
  if (topic === topics.failBackSet) {
    if (text === pressed) return accepted({ kind: 'fail_back' })
    return notOneOf(text, [pressed])
  }
  const policy = selectablePolicies(names).find((each) => topic === topics.policySet(each.name))
  if (policy === undefined) return refused('this topic takes no commands')
  const choices = [automatic, ...policy.use]
  if (!choices.includes(text)) return notOneOf(text, choices)
  return accepted({ kind: 'set_policy', policy: policy.name, wan: text })
}

function switchOf(kind: 'set_test' | 'set_rest', text: string): ParsedCommand {
  if (text === 'ON' || text === 'OFF') return accepted({ kind, on: text === 'ON' })
  return notOneOf(text, ['ON', 'OFF'])
}

function decodeUtf8(payload: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload)
  } catch {
    // The decoder throws only for bytes that are no UTF-8.
    return null
  }
}

function accepted(command: Command): ParsedCommand {
  return { kind: 'command', command }
}

function refused(reason: string): ParsedCommand {
  return { kind: 'refused', reason }
}

function notOneOf(text: string, choices: readonly string[]): ParsedCommand {
  return refused(`it says ${JSON.stringify(text)} instead of ${choices.join(', ')}`)
}
