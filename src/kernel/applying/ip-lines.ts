/** Rules and routes of one family, as lines of its `ip -batch`. */
import { messageOf } from '../../model/caught-error.ts'
import type { IpChange } from '../../network/diff/change.ts'
import { ipCommand, operationsOf } from '../../network/diff/operations.ts'
import type { ChangeFailure } from '../port.ts'
import type { IpSession, LineAnswer } from '../tools/ip-session.ts'
import { changeFailure } from './change-failure.ts'

export async function applyLines(
  changes: readonly IpChange[],
  session: Pick<IpSession, 'run'>,
): Promise<readonly ChangeFailure[]> {
  const failures: ChangeFailure[] = []
  const sent: IpChange[] = []
  const lines: string[] = []
  for (const change of changes) {
    const line = lineOf(change)
    if (line.kind === 'failed') failures.push(changeFailure(change, line.error))
    else {
      sent.push(change)
      lines.push(line.output)
    }
  }
  if (lines.length === 0) return failures
  const answers = await session.run(lines)
  for (const [position, change] of sent.entries()) {
    const answer = answers[position]
    if (answer?.kind === 'failed' && !isSoAlready(change, answer.error)) {
      failures.push(changeFailure(change, answer.error))
    }
  }
  return failures
}

/** A value that the text can't say is a failed step like any other. */
function lineOf(change: IpChange): LineAnswer {
  try {
    return { kind: 'done', output: ipCommand(change).line }
  } catch (error) {
    return { kind: 'failed', error: messageOf(error) }
  }
}

function isSoAlready(change: IpChange, error: string): boolean {
  return soAlready[operationsOf(change).doing]?.test(error) === true
}

/** The kernel's words for "it is so already": EEXIST, ENOENT, ESRCH, and a table gone. */
const soAlready = {
  adding: /File exists/,
  replacing: null,
  deleting: /No such file or directory|No such process|FIB table does not exist/,
}
