/** What a command makes of the decision; refused where it can't be done, with the reason. */
import type { Command, Decision } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import type { Settings } from '../model/settings/settings.ts'
import { insteadOf } from './decide.ts'
import { isUsable } from './rank.ts'

export type CommandResult =
  | { readonly kind: 'done'; readonly decision: Decision }
  | { readonly kind: 'refused'; readonly reason: string }

export interface CommandSituation {
  readonly settings: Settings
  readonly healths: Healths
  readonly nowMs: number
}

/** After `done`, `decide` has to be asked at once, in a hurry. */
export function applyCommand(
  command: Command,
  decision: Decision,
  situation: CommandSituation,
): CommandResult {
  switch (command.kind) {
    case 'set_test':
      return command.on ? startTest(decision, situation) : done({ ...decision, test: null })
    case 'set_mode':
      return setMode(command.mode, decision, situation.settings)
    case 'fail_back':
      return done({ ...decision, test: null })
    case 'set_rest':
      if (situation.settings.pair !== null) return done(decision)
      return refused('the options name no pair: this box is alone')
    case 'set_policy':
      return choosePolicy(command, decision, situation.settings)
  }
}

function startTest(
  decision: Decision,
  { settings, healths, nowMs }: CommandSituation,
): CommandResult {
  if (decision.test !== null) return done(decision)
  const inUse = decision.policies.get('default')?.ipv4.wan ?? null
  if (inUse === null) return refused('no WAN is in use yet')
  const avoid = lineBelow(inUse, settings, healths) ?? inUse
  const others = insteadOf(avoid, settings)
  if (others.length === 0) return refused(`no policy may use any WAN but ${avoid}`)
  if (!others.some((wan) => isUsable(wan, healths))) {
    const states = others.map((wan) => `${wan} is ${healths.ipv4.get(wan)?.state ?? 'unknown'}`)
    return refused(`no other WAN is healthy: ${states.join(', ')}`)
  }
  return done({ ...decision, test: { avoid, untilMs: nowMs + settings.testFailover.durationMs } })
}

/** Of a tunnel the line below it is tried: what runs inside is to stay. null: it has no other one. */
function lineBelow(wan: string, { wans }: Settings, healths: Healths): string | null {
  const { tunnel } = wans.find(({ name }) => name === wan) ?? {}
  const [line, ...others] = (tunnel?.over ?? []).filter((name) => isUsable(name, healths))
  return line === undefined || others.length === 0 ? null : line
}

function setMode(mode: string, decision: Decision, settings: Settings): CommandResult {
  const names = ['automatic', ...settings.wans.map((wan) => wan.name)]
  if (!names.includes(mode)) {
    return refused(`there is no mode ${JSON.stringify(mode)}; the modes are ${names.join(', ')}`)
  }
  return done({ ...decision, mode, test: mode === decision.mode ? decision.test : null })
}

function choosePolicy(
  { policy: name, wan }: Extract<Command, { kind: 'set_policy' }>,
  decision: Decision,
  settings: Settings,
): CommandResult {
  const policy = settings.policies.find((candidate) => candidate.name === name)
  if (policy === undefined) return refused(`there is no policy ${JSON.stringify(name)}`)
  const chosen = new Map(decision.chosen)
  if (wan === 'automatic') {
    chosen.delete(name)
  } else if (policy.use.includes(wan)) {
    chosen.set(name, wan)
  } else {
    const choices = ['automatic', ...policy.use].join(', ')
    return refused(`${name} may not use ${JSON.stringify(wan)}; it may use ${choices}`)
  }
  return done({ ...decision, chosen })
}

function done(decision: Decision): CommandResult {
  return { kind: 'done', decision }
}

function refused(reason: string): CommandResult {
  return { kind: 'refused', reason }
}
