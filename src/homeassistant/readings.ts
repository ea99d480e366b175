/**
 * What the entities show: each reading as Home Assistant's template over MQTT's JSON, and as a
 * function of the snapshot, for states over the API. Both stand side by side, so that nobody
 * changes one without the other. Pure.
 */
import type {
  PairSnapshot,
  PolicySnapshot,
  Snapshot,
  TunnelSnapshot,
  WanSnapshot,
} from '../model/published/snapshot.ts'

export interface Reading {
  /** Jinja, where `value_json` is the message on the entity's topic. */
  readonly expression: string
  /** null is unknown. */
  readonly of: (snapshot: Snapshot) => unknown
}

/** Its keys for MQTT discovery, and the reading itself for states over the API. */
export function shows(reading: Reading) {
  return { value_template: `{{ ${reading.expression} }}`, reading }
}

export function attributes(topic: string, readings: Readonly<Record<string, Reading>>) {
  const pairs = Object.entries(readings).map(([name, { expression }]) => `'${name}': ${expression}`)
  return {
    json_attributes_topic: topic,
    json_attributes_template: `{{ {${pairs.join(', ')}} | to_json }}`,
    attributeReadings: readings,
  }
}

export const anyProblem: Reading = {
  expression: "'ON' if value_json.problems else 'OFF'",
  of: ({ problems }) => (problems.length > 0 ? 'ON' : 'OFF'),
}

export const problems: Reading = {
  expression: 'value_json.problems',
  of: (snapshot) => snapshot.problems,
}

export const active: Reading = {
  expression: 'value_json.active',
  of: (snapshot) => snapshot.active,
}

export const testUntil: Reading = {
  expression: 'value_json.test_failover.until',
  of: (snapshot) => snapshot.test_failover.until,
}

export function ofWan(wan: string, field: keyof WanSnapshot): Reading {
  return {
    expression: `value_json.${field}`,
    of: (snapshot) => snapshot.wans[wan]?.[field] ?? null,
  }
}

/** Neither `unknown` nor `disabled` means that the line is dead. */
export function connectivity(wan: string): Reading {
  return {
    expression:
      "'ON' if value_json.state in ['up', 'degraded'] " +
      "else 'OFF' if value_json.state == 'down' else 'None'",
    of: (snapshot) => {
      const state = snapshot.wans[wan]?.state
      if (state === 'up' || state === 'degraded') return 'ON'
      return state === 'down' ? 'OFF' : null
    },
  }
}

/** Home Assistant's own names for it: connected, disconnected, unknown. */
export const namesResolve: Reading = {
  expression:
    "'ON' if value_json.names.state == 'up' " +
    "else 'OFF' if value_json.names.state == 'down' else 'None'",
  of: ({ names: { state } }) => (state === 'unknown' ? null : state === 'up' ? 'ON' : 'OFF'),
}

export const namesReason: Reading = {
  expression: 'value_json.names.reason',
  of: ({ names }) => names.reason,
}

export const resolvers: Reading = {
  expression: 'value_json.resolvers',
  of: (snapshot) => snapshot.resolvers,
}

/** Nobody on the broker is told that this box serves before it does. */
export const serving: Reading = {
  expression: "'ON' if value_json.pair.state == 'serving' else 'OFF'",
  of: ({ pair }) => (pair?.state === 'serving' ? 'ON' : 'OFF'),
}

export const pairState: Reading = ofPair('state')

export function ofPair(field: keyof PairSnapshot): Reading {
  return {
    expression: `value_json.pair.${field}`,
    of: ({ pair }) => pair?.[field] ?? null,
  }
}

/** Home Assistant has its own unknown, which history and automations understand. */
export function health(wan: string): Reading {
  return {
    expression: "value_json.state if value_json.state != 'unknown' else 'None'",
    of: (snapshot) => {
      const state = snapshot.wans[wan]?.state ?? 'unknown'
      return state === 'unknown' ? null : state
    },
  }
}

/** A policy without a WAN is a fact, not something unknown. */
export function policyWan(policy: string): Reading {
  return {
    expression: `${decided(policy, 'wan')} or 'none'`,
    of: (snapshot) => snapshot.policies[policy]?.wan ?? 'none',
  }
}

export function policyReason(policy: string): Reading {
  return {
    expression: decided(policy, 'reason'),
    of: (snapshot) => snapshot.policies[policy]?.reason ?? null,
  }
}

export function policyMeteredBytes(policy: string): Reading {
  return {
    expression: decided(policy, 'metered_bytes'),
    of: (snapshot) => snapshot.policies[policy]?.metered_bytes ?? null,
  }
}

/** `otherwise`: where it has none, which is a fact and not something unknown. */
export function tunnelFact(
  tunnel: string,
  field: 'line' | 'second' | 'reason',
  otherwise: string,
): Reading {
  return {
    expression: `value_json.tunnels.get('${tunnel}', {}).get('${field}') or '${otherwise}'`,
    of: ({ tunnels }) =>
      (tunnels[tunnel] as Partial<TunnelSnapshot> | undefined)?.[field] ?? otherwise,
  }
}

/**
 * By `get`: a policy may be named `items` or `keys`, which Python's dictionaries have too; and the
 * entity of a removed policy gets a last state without it before Home Assistant drops the entity.
 */
function decided(policy: string, field: keyof PolicySnapshot): string {
  return `value_json.policies.get('${policy}', {}).get('${field}')`
}
