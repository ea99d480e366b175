/** What the new options mean, in words. */
import type { GuideTexts } from '../texts/guide/guide-texts.ts'
import { type Answers, usedLines } from './answers.ts'

/** A sentence each. */
export function meaningOf(answers: Answers, { apply: { said: t } }: GuideTexts): readonly string[] {
  const used = usedLines(answers)
  const [main, ...backups] = used
  const notify = answers.notify.join(', ')
  return [
    ...(main === undefined ? [] : [t.mainLine(main.name)]),
    ...backups.map(({ name }, index) => t.backupLine(name, used[index]?.name ?? '')),
    ...used.flatMap(({ name, metered }) => (metered ? [t.meteredLine(name)] : [])),
    answers.who === 'house' ? t.house : t.machine,
    answers.dnsHelp ? t.dnsOn : t.dnsOff,
    ...(notify === '' ? [] : [t.notify(notify)]),
  ]
}
