/**
 * Applies changes in their order: rules and routes by the family's session, nft and iptables as
 * transactions. Done twice is done once: what is there already and what is gone already are no failures.
 */
import type { Change } from '../../network/diff/change.ts'
import type { IpChange } from '../../network/text/ip-text.ts'
import { describeChange, ipCommand } from '../../network/text/ip-text.ts'
import type { ChangeFailure } from '../port.ts'
import type { Sessions } from '../reading/read-host.ts'
import type { LineAnswer } from '../tools/ip-session.ts'
import type { DockerUser } from './docker-user.ts'
import type { NftTable } from './nft.ts'

export interface BatchTools {
  readonly sessions: Sessions
  readonly nft: NftTable
  readonly docker: DockerUser
}

export async function applyChanges(
  changes: readonly Change[],
  tools: BatchTools,
): Promise<readonly ChangeFailure[]> {
  const failures: ChangeFailure[] = []
  let run: IpChange[] = []
  // A firewall's transaction waits for the rules before it; only the two families go side by side.
  for (const change of changes) {
    if ('rule' in change || 'route' in change) run.push(change)
    else {
      failures.push(...(await applyRun(run, tools.sessions)))
      run = []
      const error = await applyToFirewall(change, tools)
      if (error !== null) failures.push(failureOf(change, error))
    }
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

/** null, or why it failed. */
function applyToFirewall(
  change: Exclude<Change, IpChange>,
  { nft, docker }: BatchTools,
): Promise<string | null> {
  switch (change.kind) {
    case 'replace_nft':
      return replaceNft(change, nft)
    case 'delete_nft':
      return nft.remove()
    case 'add_accept':
      return docker.add(change.accept)
    case 'delete_accept':
      return docker.remove(change.accept)
  }
}

/** What can't be made ready leaves everything as it was. */
async function replaceNft(
  { before = null, script, after = null }: Extract<Change, { kind: 'replace_nft' }>,
  nft: NftTable,
): Promise<string | null> {
  for (const transaction of [before, script, after]) {
    const error = transaction === null ? null : await nft.replace(transaction)
    if (error !== null) return error
  }
  return null
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
    case 'add_accept':
    case 'delete_accept':
      return "Docker's chains"
  }
}

function verbOf(change: Change): string {
  switch (change.kind) {
    case 'add_rule':
    case 'add_accept':
      return 'adding'
    case 'replace_route':
    case 'replace_nft':
      return 'replacing'
    case 'delete_rule':
    case 'delete_route':
    case 'delete_nft':
    case 'delete_accept':
      return 'deleting'
  }
}
