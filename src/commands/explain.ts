import { isIP } from 'node:net'
import type { ExplainedCase } from '../model/published/explanation.ts'
import type { Settings } from '../model/settings/settings.ts'
import { explainCases, type Question } from '../report/explain.ts'
import { type Arguments, complain, print } from './arguments.ts'
import { withHost } from './with-host.ts'

/** Says which way a device goes now, and which way if each WAN died. */
export function explainCommand(wanted: Arguments): Promise<number> {
  return withHost(wanted, async ({ settings, uplinks, host, decision, routed }) => {
    const question = questionOf(wanted, settings)
    if (typeof question === 'string') {
      complain(question)
      return 1
    }
    const answers = explainCases({ settings, uplinks, host, decision, routed }, question)
    const { family: _, ...asked } = question
    if (wanted.json) print(JSON.stringify({ ...asked, answers }, null, 2))
    else for (const answer of answers) print(answerLine(answer))
    return 0
  })
}

/** Or what is wrong with it. */
function questionOf({ from, to, protocol, port }: Arguments, settings: Settings) {
  const version = isIP(from ?? '')
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const target = to ?? settings.probe.targets[family][0] ?? '1.1.1.1'
  if (from === null || version === 0 || isIP(target) !== version) {
    return 'explain needs --from IP; --to must be an IP of the same family'
  }
  if (protocol !== null && !isProtocol(protocol)) return '--protocol must be tcp, udp or icmp'
  const number = Number(port)
  const isPort = /^\d+$/.test(port ?? '') && number >= 1 && number <= 65_535
  if (port !== null && !(isPort && (protocol === 'tcp' || protocol === 'udp'))) {
    return '--port must be a number from 1 to 65535, with --protocol tcp or udp'
  }
  const question: Question = {
    family,
    from,
    to: target,
    ...(protocol === null ? {} : { protocol }),
    ...(port === null ? {} : { port: number }),
  }
  return question
}

function isProtocol(text: string): text is 'tcp' | 'udp' | 'icmp' {
  return text === 'tcp' || text === 'udp' || text === 'icmp'
}

function answerLine(answer: ExplainedCase): string {
  const way =
    answer.link === null
      ? 'nowhere'
      : `${answer.wan ?? 'locally'}, ${answer.gateway ?? 'directly'} on ${answer.link}`
  const table = answer.table === null ? '' : `, table ${answer.table}`
  const rule = answer.rule === null ? 'no rule' : answer.rule
  const { spread = [] } = answer
  const shared =
    spread.length < 2 ? '' : `; new connections are spread over ${spread.join(' and ')}`
  return `${answer.when}: ${way}${table}; policy ${answer.policy}, ${rule}; ${answer.reason}${shared}`
}
