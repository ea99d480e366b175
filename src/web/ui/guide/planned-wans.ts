/** The answers as the picture of lines shows them: what will be, as if it were so already. */
import type { FoundLine } from '../../../model/published/found-line.ts'
import type { WanView } from '../picture/wan-views.ts'
import type { Texts } from '../texts/texts.ts'
import { type Answers, usedLines } from './answers.ts'
import type { GuideVoice } from './line-views.ts'

export function plannedWans(
  answers: Answers,
  lines: readonly FoundLine[],
  { guide, formats, texts }: GuideVoice & { readonly texts: Texts },
): readonly WanView[] {
  return usedLines(answers).map(({ id, name, metered }, index) => {
    const line = lines.find((one) => one.id === id)
    const works = line !== undefined && line.answered.length > 0
    const via = line?.gateway ?? null
    return {
      name,
      state: works ? 'up' : 'unknown',
      stateText: works ? guide.find.online : guide.ask.notFound,
      inUse: index === 0,
      flows: index === 0,
      tunnel: null,
      standby: index > 0,
      metered,
      since: '',
      reason: '',
      latency: formats.milliseconds(line?.latency_ms ?? null),
      loss: null,
      via:
        line === undefined || via === null
          ? (line?.interface ?? null)
          : texts.picture.via(via, line.interface),
      publicAddress: line?.public_ip ?? null,
      ipv6: null,
      traffic: null,
      carries: [],
    }
  })
}
