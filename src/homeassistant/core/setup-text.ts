/** What Home Assistant's own list says while options or host keep us from working as given. Pure. */
import type { Snapshot } from '../../model/published/snapshot.ts'
import type { StandingText } from './standing-notification.ts'

/** null while all is as the options say. */
export function setupText({ options, problems }: Snapshot): StandingText | null {
  const observing = problems.filter((problem) => problem.startsWith(observingOnly))
  if (options === undefined && observing.length === 0) return null
  const reasons = observing.map((problem) => problem.slice(observingOnly.length))
  if (options === undefined) {
    return { title: 'WAN Failover only observes', message: listed(reasons, nothingChanges) }
  }
  const takenBack = options.taken_back !== undefined
  const isNone = options.in_force === 'none'
  const meanwhile = isNone
    ? nothingChanges
    : `Until they ${takenBack ? 'change' : 'are right'}, the last right ones stay in force.`
  const others = isNone ? [] : reasons
  return {
    title: `WAN Failover: the options ${takenBack ? 'were taken back' : 'are wrong'}`,
    message: listed([...options.problems, ...others], meanwhile),
  }
}

function listed(reasons: readonly string[], meanwhile: string): string {
  const shown = reasons.slice(0, mostShown).map((reason) => `- ${reason}`)
  const left = reasons.length - shown.length
  const more = left === 0 ? [] : [`- and ${left} more`]
  return [...shown, ...more, '', `${meanwhile} The page of WAN Failover says more.`].join('\n')
}

const observingOnly = 'observing only: '
const nothingChanges = 'It changes nothing on this machine.'
/** What fits on a phone's screen or two. */
const mostShown = 15
