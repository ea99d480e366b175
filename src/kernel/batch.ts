/**
 * Applies changes in their order: rules and routes by the family's session, nft as transactions.
 * Done twice is done once: what is there already and what is gone already are no failures.
 */
import type { Change } from '../network/change.ts'
import type { IpChange } from '../network/ip-text.ts'
import { describeChange, ipCommand } from '../network/ip-text.ts'
import type { LineAnswer } from './ip-session.ts'
import type { NftTable } from './nft.ts'
import type { ChangeFailure } from './port.ts'
import type { Sessions } from './read-host.ts'

export interface BatchTools {
  readonly sessions: Sessions
  readonly nft: NftTable
}

export async function applyChanges(
  changes: readonly Change[],
  tools: BatchTools,
): Promise<readonly ChangeFailure[]> {
  const failures: ChangeFailure[] = []
  let run: IpChange[] = []
  // An nft transaction waits for the rules before it; only the two families go side by side.
  for (const change of changes) {
    if (change.kind === 'replace_nft' || change.kind === 'delete_nft') {
      failures.push(...(await applyRun(run, tools.sessions)))
      run = []
      failures.push(...(await applyNft(change, tools.nft)))
    } else run.push(change)
  }
  failures.push(...(await applyRun(run, tools.sessions)))
  return failures
}

async function applyRun(run: readonly IpChange[], sessions: Sessions): Promise<ChangeFailure[]> {
  const failures = await Promise.all(
    (['ipv4', 'ipv6'] as const).map((family) =>
      applyFamily(
        run.filter((change) => familyOf(change) === family),
        sessions[family],
      ),
    ),
  )
  return failures.flat()
}

async function applyFamily(
  run: readonly IpChange[],
  session: Sessions['ipv4'],
): Promise<ChangeFailure[]> {
  const failures: ChangeFailure[] = []
  const sent: IpChange[] = []
  const lines: string[] = []
  for (const change of run) {
    const line = lineOf(change)
    if (line.kind === 'failed') failures.push(failureOf(change, line.error))
    else {
      sent.push(change)
      lines.push(line.output)
    }
  }
  if (lines.length === 0) return failures
  const answers = await session.run(lines)
  for (const [position, change] of sent.entries()) {
    const answer = answers[position]
    if (answer?.kind === 'failed' && !isDone(change, answer.error)) {
      failures.push(failureOf(change, answer.error))
    }
  }
  return failures
}

function familyOf(change: IpChange): 'ipv4' | 'ipv6' {
  return change.kind === 'add_rule' || change.kind === 'delete_rule'
    ? change.rule.family
    : change.route.family
}

/** A value that the text can't say is a failed step like any other. */
function lineOf(change: IpChange): LineAnswer {
  try {
    return { kind: 'done', output: ipCommand(change).line }
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error.message : String(error) }
  }
}

/** The kernel's words for "it is so already": EEXIST, ENOENT, ESRCH, and a table gone. */
const alreadyThere = /File exists/
const alreadyGone = /No such file or directory|No such process|FIB table does not exist/

function isDone(change: IpChange, error: string): boolean {
  switch (change.kind) {
    case 'add_rule':
      return alreadyThere.test(error)
    case 'replace_route':
      return false
    case 'delete_rule':
    case 'delete_route':
      return alreadyGone.test(error)
  }
}

async function applyNft(
  change: Extract<Change, { readonly kind: 'replace_nft' | 'delete_nft' }>,
  nft: NftTable,
): Promise<ChangeFailure[]> {
  const error = change.kind === 'delete_nft' ? await nft.remove() : await nft.replace(change.script)
  return error === null ? [] : [failureOf(change, error)]
}

function failureOf(change: Change, error: string): ChangeFailure {
  const forbidden = /Operation not permitted/.test(error)
  const why = forbidden
    ? `not allowed to change ${subjectOf(change)}: the capability NET_ADMIN is missing`
    : error
  return { change, error: `${verbOf(change)} ${describeChange(change)}: ${why}` }
}

function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'add_rule':
    case 'delete_rule':
      return 'rules'
    case 'replace_route':
    case 'delete_route':
      return 'routes'
    case 'replace_nft':
    case 'delete_nft':
      return 'nft tables'
  }
}

function verbOf(change: Change): string {
  switch (change.kind) {
    case 'add_rule':
      return 'adding'
    case 'replace_route':
    case 'replace_nft':
      return 'replacing'
    case 'delete_rule':
    case 'delete_route':
    case 'delete_nft':
      return 'deleting'
  }
}
