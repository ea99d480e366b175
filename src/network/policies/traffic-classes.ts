/**
 * The policies as the kernel sees them: one class, one mark and one rule for each distinct `use`,
 * however many policies share it. What the default policy's own rule carries needs no mark.
 */
import { type ByFamily, byFamily } from '../../model/address.ts'
import type { Decision, PolicyDecision } from '../../model/decision.ts'
import { fnvHash } from '../../model/fnv-hash.ts'
import { maxUses, useMark } from '../../model/marks.ts'
import { everyPolicy, isGraceful, type PolicyUse } from '../../model/settings/every-policy.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'

export interface TrafficClass {
  /** Position among the marks of distinct `use`, from 0; names the chain too. */
  readonly use: number
  readonly mark: number
  /** Names it whatever its mark is. */
  readonly name: string
  /** The WANs it may use, in order; empty is no Internet. */
  readonly wans: readonly string[]
  /** What carries it now. */
  readonly carriers: ByFamily<Carrier>
  readonly balance: boolean
  readonly overCap: boolean
  /** Its running flows may stay on their WAN at a failback. */
  readonly graceful: boolean
  /** The user has chosen its WAN by hand: its running flows follow. */
  readonly byHand: boolean
  /** The class of those of it who are under test; null where a test changes nothing for it. */
  readonly tested: TrafficClass | null
}

export interface Carrier {
  /** The WAN that it uses; null: none. */
  readonly wan: string | null
  /** The WANs that new connections are spread over; fewer than two: `wan` carries them. */
  readonly spread: readonly string[]
}

/** The classes of all policies; null stands for the default policy's own rule. */
export interface Classes {
  /** By policy name, `default` included. */
  readonly of: ReadonlyMap<string, TrafficClass | null>
  /** Each once, those under test included, ascending by mark. */
  readonly all: readonly TrafficClass[]
  /** The default policy's, for what of its traffic can't go by its own rule, see `own-udp.ts`. */
  readonly rest: TrafficClass
}

/** With `avoided`, uses not to give, everybody gets a mark, the default policy's traffic too. */
export function trafficClasses(
  settings: Settings,
  decision: Decision,
  avoided: ReadonlySet<number> | null = null,
): Classes {
  const policies = everyPolicy(settings)
  const keyOf = (policy: PolicyUse) => classKey(policy, settings, decision)
  const keys = policies.map(keyOf)
  const tests = decision.tested.size === 0 ? [] : keys.map((key) => `${key} tested`)
  const marks = allotMarks([keys, tests], avoided)
  const of = new Map<string, TrafficClass | null>()
  const all = new Map<number, TrafficClass>()
  let rest: TrafficClass | null = null
  for (const policy of policies) {
    const key = keyOf(policy)
    const name = fnvHash(key).toString(16).padStart(8, '0')
    const tested = testedClass(policy, { decision, use: marks.get(`${key} tested`), name })
    const own = classOf(policy, { settings, decision, use: marks.get(key), tested, name })
    const marked = avoided !== null || own.balance
    const needed = marked || own.tested !== null || !isDefault(policy, settings, decision)
    of.set(policy.name, needed ? own : null)
    if (policy.name === 'default') rest = own
    if (tested !== null) all.set(tested.use, tested)
    // The default policy's untested traffic follows its own rule, whatever its mark would say.
    if (needed && (policy.name !== 'default' || marked)) all.set(own.use, own)
  }
  if (rest === null) throw new Error('there is no default policy')
  return { of, all: [...all.values()].sort((a, b) => a.use - b.use), rest }
}

/** Where every WAN may be used, traffic that finds no way falls through to the next rule. */
export function mayUseAll(wans: readonly string[], uplinks: readonly Uplink[]): boolean {
  // `main` leads into no tunnel of ours.
  return uplinks.every(({ name, isTunnel = false }) => isTunnel || wans.includes(name))
}

/** Neither mode nor health is in it: what they change is a rule, never a mark. */
function classKey(policy: PolicyUse, settings: Settings, { chosen }: Decision): string {
  const { name, use, balance, overCap } = policy
  const key = [use, balance, overCap, chosen.get(name) ?? null]
  return JSON.stringify(isOfOwnFailback(policy, settings) ? [...key, policy.failback] : key)
}

function isOfOwnFailback(policy: PolicyUse, settings: Settings): boolean {
  return isGraceful(policy, settings) !== isGraceful({}, settings)
}

/** No different from the default policy: the same WANs in the same order, and no choice. */
function isDefault(policy: PolicyUse, settings: Settings, { chosen }: Decision): boolean {
  const { name, use, balance, overCap } = policy
  if (name === 'default') return true
  const same = JSON.stringify(use) === JSON.stringify(settings.defaultPolicy.use)
  if (isOfOwnFailback(policy, settings)) return false
  return same && !chosen.has(name) && !overCap && balance === settings.defaultPolicy.balance
}

interface ClassParts {
  readonly decision: Decision
  readonly use: number | undefined
  readonly name: string
}

interface OwnParts {
  readonly settings: Settings
  readonly tested: TrafficClass | null
}

function classOf(
  policy: PolicyUse,
  { settings, decision, use, name, tested }: ClassParts & OwnParts,
): TrafficClass {
  const decided = decision.policies.get(policy.name)
  return {
    ...composed(policy, decided, use),
    name,
    graceful: isGraceful(policy, settings),
    byHand: decision.chosen.has(policy.name),
    tested,
  }
}

function testedClass(policy: PolicyUse, { decision, use, name }: ClassParts): TrafficClass | null {
  const decided = decision.tested.get(policy.name)
  if (decided === undefined || use === undefined || policy.use.length < 2) return null
  return {
    ...composed(policy, decided, use),
    name,
    balance: false,
    graceful: false,
    byHand: true,
    tested: null,
  }
}

function composed(
  policy: PolicyUse,
  decided: ByFamily<PolicyDecision> | undefined,
  use: number | undefined,
) {
  if (use === undefined) throw new Error(`no mark is left for the policy ${policy.name}`)
  const { use: wans, balance, overCap } = policy
  const carriers = byFamily((family) => {
    const { wan = null, spread = [] } = decided?.[family] ?? {}
    return { wan, spread }
  })
  return { use, mark: useMark(use), wans, carriers, balance, overCap }
}

/**
 * A mark follows from the key alone, as far as keys don't collide: after a start with other
 * options the marks that still stand in nft and the new rules must not mean different things.
 * Where all marks are taken, the last groups have none.
 */
function allotMarks(
  groups: readonly (readonly string[])[],
  avoided: ReadonlySet<number> | null,
): ReadonlyMap<string, number> {
  const marks = new Map<string, number>()
  const taken = new Set(avoided)
  for (const key of groups.flatMap((keys) => [...new Set(keys)].sort())) {
    if (taken.size >= maxUses) break
    let use = fnvHash(key) % maxUses
    while (taken.has(use)) use = (use + 1) % maxUses
    taken.add(use)
    marks.set(key, use)
  }
  return marks
}
