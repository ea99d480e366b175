/** Whether all is well again after a trouble, and what is not. */
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { DaemonProcess } from '../../lab/house/daemon-process.ts'

/** What of a state tells whether all is well; IPv6 of the second line may be down in this lab. */
export function wellness({ active, wans, problems, capabilities }: Snapshot): string {
  const states = Object.values(wans).map(({ state }) => state)
  const others = problems.filter((problem) => !problem.startsWith('IPv6 of secondary'))
  return JSON.stringify({ active, states, problems: others, capabilities })
}

/** What of one dump lacks in another, and what there is more. */
export function difference(wanted: string, found: string): string {
  const [a, b] = [wanted.split('\n'), found.split('\n')]
  const lacking = a.filter((line) => !b.includes(line)).map((line) => `- ${line}`)
  const more = b.filter((line) => !a.includes(line)).map((line) => `+ ${line}`)
  return [...lacking, ...more].slice(0, 20).join('\n')
}

/** A daemon may end where it can't begin, if it says why: then another one is started. */
export function goesOn(
  house: { readonly daemon: DaemonProcess; startAgain(): void },
  happening: string,
): boolean {
  const { running, lines } = house.daemon
  if (running) return true
  if (happening !== 'start' || !lines.some((line) => /(ERROR|FATAL)/.test(line))) return false
  house.startAgain()
  return true
}
