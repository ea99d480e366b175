/**
 * The one table of all kinds of changes. Callers know none of them; what is known of each
 * stands with its object: rules, routes, nft, accepts.
 */
import type { Family } from '../../model/address.ts'
import type { HostState } from '../../model/host.ts'
import { acceptKeys, acceptOperations } from '../accepts/accept-operations.ts'
import { nftKeys, nftOperations } from '../nft/nft-operations.ts'
import { routeKeys, routeOperations } from '../routes/route-operations.ts'
import { ruleKeys, ruleOperations } from '../rules/rule-operations.ts'
import type { DesiredState } from '../wanted.ts'
import type {
  Change,
  IpChange,
  IpOperations,
  IpOperationsOf,
  Operations,
  OperationsOf,
} from './change.ts'

/** A line of a batch, and the family whose `ip` gets it. */
export interface IpCommand {
  readonly family: Family
  readonly line: string
}

/** The kind leads each change to its own operations, which the compiler can't follow any further. */
export function operationsOf({ kind }: Change): Operations<Change> {
  return operations[kind]
}

export function changeKey(change: Change): string {
  return operationsOf(change).key(change)
}

export function changePlace(change: Change): string {
  return operationsOf(change).place(change)
}

export function describeChange(change: Change): string {
  return operationsOf(change).describe(change)
}

export function inverse(change: Change, before: HostState): Change | null {
  return operationsOf(change).inverse(change, before)
}

export function isDeletion(change: Change): boolean {
  return operationsOf(change).doing === 'deleting'
}

/** Whether traffic of a family goes where it was decided, though these are still to be made. */
export function followsDecision(missing: readonly Change[], family: Family): boolean {
  return !missing
    .filter((change) => !isIpChange(change) || familyOf(change) === family)
    .some((change) => operationsOf(change).carriesDecision(change))
}

/** The keys of all that is to stand. */
export function desiredKeys(desired: DesiredState): readonly string[] {
  return [ruleKeys, routeKeys, nftKeys, acceptKeys].flatMap((keysIn) => keysIn(desired))
}

export function isIpChange(change: Change): change is IpChange {
  return change.kind in ipOperations
}

export function familyOf(change: IpChange): Family {
  return ipOperationsOf(change).family(change)
}

/** Throws where the text has no words for the object. */
export function ipCommand(change: IpChange): IpCommand {
  return { family: familyOf(change), line: ipOperationsOf(change).line(change) }
}

function ipOperationsOf({ kind }: IpChange): IpOperations<IpChange> {
  return ipOperations[kind]
}

const ipOperations: IpOperationsOf<IpChange['kind']> = { ...ruleOperations, ...routeOperations }

const operations: OperationsOf<Change['kind']> = {
  ...ipOperations,
  ...nftOperations,
  ...acceptOperations,
}
