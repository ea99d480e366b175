import { undecided } from '../decision/decide.ts'
import { byFamily } from '../model/address.ts'
import { desiredState } from '../network/desired-state.ts'
import { standingRescues } from '../network/nft/standing-rescues.ts'
import { decisionIfDown } from '../report/explain.ts'
import { plan, planText } from '../report/plan.ts'
import { type Arguments, complain, print } from './arguments.ts'
import { withHost } from './with-host.ts'

/** Prints what would be set up on this host, touching nothing. */
export function planCommand(wanted: Arguments): Promise<number> {
  return withHost(wanted, async ({ settings, uplinks, host, decision: now }) => {
    const names = settings.wans.map(({ name }) => name)
    const strange = wanted.down.find((name) => !names.includes(name))
    if (strange !== undefined) {
      complain(
        `--down: there is no WAN ${JSON.stringify(strange)}; the WANs are ${names.join(', ')}`,
      )
      return 1
    }
    const decision =
      wanted.down.length === 0 ? now : decisionIfDown(settings, wanted.down, undecided)
    const down = byFamily(() => wanted.down)
    const rescues = standingRescues(host)
    const input = { settings, uplinks, host, decision, down, rescues }
    const planned = plan(desiredState(input), input)
    print(wanted.json ? JSON.stringify(planned, null, 2) : planText(planned))
    return 0
  })
}
