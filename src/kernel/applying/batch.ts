/**
 * Applies changes in their order: lines for `ip` in runs, side by side for the two families, and
 * each transaction of a firewall by itself. Done twice is done once: what is there
 * already and what is gone already are no failures.
 */
import { families } from '../../model/address.ts'
import type { Change, IpChange } from '../../network/diff/change.ts'
import { familyOf, isIpChange } from '../../network/diff/operations.ts'
import type { ChangeFailure } from '../port.ts'
import type { Sessions } from '../reading/read-host.ts'
import { changeFailure } from './change-failure.ts'
import { applyLines } from './ip-lines.ts'
import { applyTransaction, type Firewalls } from './transactions.ts'

export interface BatchTools extends Firewalls {
  readonly sessions: Sessions
}

export async function applyChanges(
  changes: readonly Change[],
  tools: BatchTools,
): Promise<readonly ChangeFailure[]> {
  const failures: ChangeFailure[] = []
  let run: IpChange[] = []
  // A firewall's transaction waits for the rules before it; only the two families go side by side.
  for (const change of changes) {
    if (isIpChange(change)) run.push(change)
    else {
      failures.push(...(await applyRun(run, tools.sessions)))
      run = []
      const error = await applyTransaction(change, tools)
      if (error !== null) failures.push(changeFailure(change, error))
    }
  }
  failures.push(...(await applyRun(run, tools.sessions)))
  return failures
}

async function applyRun(
  run: readonly IpChange[],
  sessions: Sessions,
): Promise<readonly ChangeFailure[]> {
  const failures = await Promise.all(
    families.map((family) =>
      applyLines(
        run.filter((change) => familyOf(change) === family),
        sessions[family],
      ),
    ),
  )
  return failures.flat()
}
