import { undecided } from '../decision/decide.ts'
import { byFamily } from '../model/address.ts'
import { desiredState } from '../network/desired-state.ts'
import { standingRescues } from '../network/nft/standing-rescues.ts'
import { describeDetours, routingIfSuspect } from '../report/detours.ts'
import { decisionIfDown } from '../report/explain.ts'
import { plan, planText } from '../report/plan.ts'
import { type Arguments, complain, print } from './arguments.ts'
import { withHost } from './with-host.ts'

/** Prints what would be set up on this host, touching nothing. */
export function planCommand(wanted: Arguments): Promise<number> {
  return withHost(wanted, async ({ settings, uplinks, host, ...now }) => {
    const names = settings.wans.map(({ name }) => name)
    for (const option of ['down', 'suspect'] as const) {
      const strange = wanted[option].find((name) => !names.includes(name))
      if (strange === undefined) continue
      complain(
        `--${option}: there is no WAN ${JSON.stringify(strange)}; the WANs are ${names.join(', ')}`,
      )
      return 1
    }
    const assumed = wanted.down.length > 0 || wanted.suspect.length > 0
    const decision = assumed
      ? decisionIfDown(settings, { down: wanted.down, uplinks }, undecided)
      : now.decision
    const question = { settings, uplinks, decision, down: wanted.down }
    const { routed } = assumed ? routingIfSuspect(wanted.suspect, question) : now
    const down = byFamily(() => wanted.down)
    const rescues = standingRescues(host)
    const input = { settings, uplinks, host, decision: routed, down, rescues }
    const planned = plan(desiredState(input), input, describeDetours(decision, routed))
    print(wanted.json ? JSON.stringify(planned, null, 2) : planText(planned))
    return 0
  })
}
