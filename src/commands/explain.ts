import { isIP } from 'node:net'
import type { ExplainedCase } from '../model/explanation.ts'
import { explainCases } from '../report/explain.ts'
import { type Arguments, complain, print } from './arguments.ts'
import { withHost } from './with-host.ts'

/** Says which way a device goes now, and which way if each WAN died. */
export function explainCommand(wanted: Arguments): Promise<number> {
  return withHost(wanted, async ({ settings, uplinks, host, decision }) => {
    const { from } = wanted
    const to = wanted.to ?? settings.probe.targets[0] ?? '1.1.1.1'
    if (from === null || isIP(from) === 0 || isIP(to) !== isIP(from)) {
      complain('explain wants --from IP, and --to an IP of the same family')
      return 1
    }
    const question = { family: isIP(from) === 6 ? 'ipv6' : 'ipv4', from, to } as const
    const answers = explainCases({ settings, uplinks, host, decision }, question)
    if (wanted.json) print(JSON.stringify({ from, to, answers }, null, 2))
    else for (const answer of answers) print(answerLine(answer))
    return 0
  })
}

function answerLine(answer: ExplainedCase): string {
  const way =
    answer.link === null
      ? 'nowhere'
      : `${answer.wan ?? 'locally'}, ${answer.gateway ?? 'straight'} on ${answer.link}`
  const table = answer.table === null ? '' : `, table ${answer.table}`
  const rule = answer.rule === null ? 'no rule' : answer.rule
  return `${answer.when}: ${way}${table}; policy ${answer.policy}, ${rule}; ${answer.reason}`
}
