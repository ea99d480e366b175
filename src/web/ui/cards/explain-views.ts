/** The answers to "which line does this device use", sentences first. */
import type { ExplainedCase } from '../../../model/published/explanation.ts'
import type { Texts } from '../texts/texts.ts'

export interface AnswerView {
  readonly when: string
  readonly sentence: string
  readonly well: boolean
  readonly reason: string
  readonly details: readonly { readonly label: string; readonly value: string }[]
}

export function answerViews(cases: readonly ExplainedCase[], texts: Texts): readonly AnswerView[] {
  return cases.map((answer) => ({
    when: whenOf(answer.when, texts),
    sentence: sentenceOf(answer, texts),
    well: answer.link !== null,
    reason: answer.reason,
    details: detailsOf(answer, texts),
  }))
}

/** The server says it in English words, which carry the WAN's name. */
function whenOf(when: string, { explain: t }: Texts): string {
  if (when === 'now') return t.now
  const wan = /^if (\S+) were down$/.exec(when)?.[1]
  return wan === undefined ? when : t.ifDown(wan)
}

function sentenceOf({ wan, link }: ExplainedCase, { explain: t }: Texts): string {
  if (link === null) return t.nowhere
  return wan === null ? t.local(link) : t.leavesBy(wan)
}

function detailsOf(answer: ExplainedCase, { explain: t }: Texts) {
  const rows = [
    { label: t.policy, value: answer.policy },
    { label: t.rule, value: answer.rule ?? t.noRule },
    { label: t.table, value: answer.table === null ? null : String(answer.table) },
    { label: t.gateway, value: answer.gateway },
    { label: t.link, value: answer.link },
  ]
  return rows.flatMap(({ label, value }) => (value === null ? [] : [{ label, value }]))
}
