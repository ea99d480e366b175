/** What a command makes of the decision; refused where it can't be done, with the reason. */
import type { Command, Decision } from '../model/decision.ts'
import type { WanHealth } from '../model/health.ts'
import type { Settings } from '../model/settings.ts'
import { everyPolicy, rank } from './decide.ts'

export type Obedience =
  | { readonly kind: 'done'; readonly decision: Decision }
  | { readonly kind: 'refused'; readonly reason: string }

export interface CommandSituation {
  readonly settings: Settings
  readonly healths: ReadonlyMap<string, WanHealth>
  readonly nowMs: number
}

/** After `done`, `decide` has to be asked at once, in a hurry. */
export function obey(command: Command, decision: Decision, situation: CommandSituation): Obedience {
  switch (command.kind) {
    case 'set_test':
      return command.on ? startTest(decision, situation) : done({ ...decision, test: null })
    case 'set_mode':
      return setMode(command.mode, decision, situation.settings)
    case 'fail_back':
      return done({ ...decision, test: null })
    case 'set_policy':
      return refused('policies are decided by the options only')
  }
}

function startTest(decision: Decision, { settings, healths, nowMs }: CommandSituation): Obedience {
  if (decision.test !== null) return done(decision)
  if (settings.testFailover.devices.length > 0) {
    return refused('testing with single devices is not carried out by this version')
  }
  const avoid = decision.policies.get('default')?.wan ?? null
  if (avoid === null) return refused('no WAN is in use yet')
  const use = everyPolicy(settings).find(({ name }) => name === 'default')?.use ?? []
  const others = use.filter((wan) => wan !== avoid)
  if (others.length === 0) return refused(`the default policy may use ${avoid} only`)
  if (!others.some((wan) => rank(healths.get(wan)) > 0)) {
    const states = others.map((wan) => `${wan} is ${healths.get(wan)?.state ?? 'unknown'}`)
    return refused(`no other WAN is healthy: ${states.join(', ')}`)
  }
  return done({ ...decision, test: { avoid, untilMs: nowMs + settings.testFailover.durationMs } })
}

function setMode(mode: string, decision: Decision, settings: Settings): Obedience {
  const names = ['automatic', ...settings.wans.map((wan) => wan.name)]
  if (!names.includes(mode)) {
    return refused(`there is no mode ${JSON.stringify(mode)}; there are ${names.join(', ')}`)
  }
  return done({ ...decision, mode, test: mode === decision.mode ? decision.test : null })
}

function done(decision: Decision): Obedience {
  return { kind: 'done', decision }
}

function refused(reason: string): Obedience {
  return { kind: 'refused', reason }
}
