/** What policies must be to the WANs and to each other. */
import { familyNames } from '../../model/address.ts'
import { maxUses } from '../../model/marks.ts'
import { describeFound, formatPath, type PathKeys, type Problem } from '../problem.ts'
import { familyOf } from '../schema/addresses.ts'
import { inWords } from '../schema/option.ts'
import { suggestion } from '../suggestion.ts'
import type { Draft, PolicyDraft } from './draft.ts'

export function checkPolicies(draft: Draft): Problem[] {
  const policies = draft.policies ?? []
  const wanNames = soundNames(draft)
  const problems = policies.flatMap((policy, index) =>
    policy === undefined
      ? []
      : [
          ...checkFrom(policy, index),
          ...checkPorts(policy, index),
          ...checkFamilies(policy, index),
          ...checkTwice(policy.from, ['policies', index, 'from']),
          ...checkTwice(policy.to, ['policies', index, 'to']),
          ...checkUse(policy.use, ['policies', index, 'use'], wanNames),
        ],
  )
  return [
    ...checkNames(policies),
    ...problems,
    ...checkNumberOfUses(policies),
    ...checkUse(draft.default_policy?.use, ['default_policy', 'use'], wanNames),
  ]
}

/** Tunnels are used like WANs. null: a WAN or its name was refused, so nobody can say which names there are. */
function soundNames(draft: Draft): readonly string[] | null {
  const names: string[] = []
  for (const wan of draft.wans ?? [undefined]) {
    if (wan?.name === undefined) return null
    names.push(wan.name)
  }
  for (const tunnel of draft.tunnels ?? []) {
    if (tunnel?.name === undefined) return null
    names.push(tunnel.name)
  }
  return names
}

function checkNames(policies: readonly (PolicyDraft | undefined)[]): Problem[] {
  const firstByName = new Map<string, number>()
  const problems: Problem[] = []
  for (const [index, policy] of policies.entries()) {
    if (policy?.name === undefined) continue
    const first = firstByName.get(policy.name)
    if (first === undefined) {
      firstByName.set(policy.name, index)
      continue
    }
    problems.push({
      path: formatPath(['policies', index, 'name']),
      found: describeFound(policy.name, []),
      expected: `another name: policies[${first}] has this one`,
    })
  }
  return problems
}

function checkFrom(policy: PolicyDraft, index: number): Problem[] {
  if (policy.from?.length !== 0) return []
  return [
    {
      path: formatPath(['policies', index, 'from']),
      found: 'an empty list',
      expected: 'at least one address, network, MAC or host, or [all] for everyone',
    },
  ]
}

function checkPorts(policy: PolicyDraft, index: number): Problem[] {
  const { protocol, ports } = policy
  if (ports === undefined || ports.length === 0) return []
  if (protocol === undefined || protocol === 'tcp' || protocol === 'udp') return []
  return [
    {
      path: formatPath(['policies', index, 'ports']),
      found: `ports with protocol ${protocol}`,
      expected: 'protocol: tcp or protocol: udp, or no ports',
    },
  ]
}

/** Packets from IPv4 addresses never go to IPv6 networks: such a policy matches nothing. */
function checkFamilies(policy: PolicyDraft, index: number): Problem[] {
  const from = policy.from?.map((client) => familyOf(client ?? '')) ?? []
  const to = policy.to?.map((network) => familyOf(network ?? '')) ?? []
  // A MAC, `host`, `all`, and what was refused have no family or both: nothing to say then.
  if (from.length === 0 || to.length === 0 || from.includes(null) || to.includes(null)) return []
  if (from.some((family) => to.includes(family))) return []
  return [
    {
      path: formatPath(['policies', index, 'to']),
      found: `${to[0] === 'ipv4' ? familyNames.ipv4 : familyNames.ipv6} networks only`,
      expected: `${from[0] === 'ipv4' ? familyNames.ipv4 : familyNames.ipv6} networks as in from, or a MAC there`,
    },
  ]
}

function checkUse(
  use: readonly (string | undefined)[] | undefined,
  path: PathKeys,
  wanNames: readonly string[] | null,
): Problem[] {
  if (use === undefined) return []
  if (use.length === 0) {
    // For the default policy it is as if left out: every WAN in order.
    if (path[0] === 'default_policy') return []
    return [
      {
        path: formatPath(path),
        found: 'an empty list',
        expected: 'at least one WAN; for no Internet write [none]',
      },
    ]
  }
  if (use.includes('none') && use.length > 1) {
    return [
      {
        path: formatPath(path),
        found: 'none together with WANs',
        expected: 'none alone (no Internet), or WANs without it',
      },
    ]
  }
  return [...checkTwice(use, path), ...checkUsedNames(use, path, wanNames)]
}

function checkUsedNames(
  use: readonly (string | undefined)[],
  path: PathKeys,
  wanNames: readonly string[] | null,
): Problem[] {
  if (wanNames === null) return []
  return use.flatMap((name, index) => {
    if (name === undefined || name === 'none' || wanNames.includes(name)) return []
    return [
      {
        path: formatPath([...path, index]),
        found: describeFound(name, []),
        expected: expectedName(name, wanNames),
      },
    ]
  })
}

function expectedName(name: string, wanNames: readonly string[]): string {
  if (wanNames.length === 0) return 'none, since there are no WANs'
  const near = suggestion(name, wanNames)
  const hint = near === null ? '' : `; did you mean ${near}?`
  return `the name of a WAN (${inWords(wanNames)}) or none${hint}`
}

/** Each distinct list of WANs takes one of the marks that are left for them. */
function checkNumberOfUses(policies: readonly (PolicyDraft | undefined)[]): Problem[] {
  const distinct = new Set(policies.map((policy) => policy?.use?.join(' ')))
  if (distinct.size <= maxUses) return []
  return [
    {
      path: 'policies',
      found: `${distinct.size} different lists in use`,
      expected: `at most ${maxUses}; policies with the same list count once`,
    },
  ]
}

/** One problem for each entry that stands in the list before already. */
export function checkTwice(entries: readonly unknown[] | undefined, path: PathKeys): Problem[] {
  return (entries ?? []).flatMap((entry, index, all) => {
    const first = all.indexOf(entry)
    if (entry === undefined || first === index) return []
    return [
      {
        path: formatPath([...path, index]),
        found: `${describeFound(entry, path)} again`,
        expected: `each once: ${formatPath([...path, first])} has this one`,
      },
    ]
  })
}
