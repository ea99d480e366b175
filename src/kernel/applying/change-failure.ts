import type { Change } from '../../network/diff/change.ts'
import { operationsOf } from '../../network/diff/operations.ts'
import type { ChangeFailure } from '../port.ts'

/** What was being done, to what, and what the tool said or what it is short of. */
export function changeFailure(change: Change, error: string): ChangeFailure {
  const operations = operationsOf(change)
  const forbidden = /Operation not permitted/.test(error)
  const why = forbidden
    ? `not allowed to change ${operations.subject}: the capability NET_ADMIN is missing`
    : error
  return { change, error: `${operations.doing} ${operations.describe(change)}: ${why}` }
}
