/** What the page can ask of the daemon, and where: server and page go by the same list. */
import type { Command } from '../model/decision.ts'

/** By hand a policy's WAN is chosen in Home Assistant only. */
export type PageCommand = Exclude<Command, { kind: 'set_policy' }>

/** Each is a POST below `api/`; its body is the command without its kind, as `{"on": true}`. */
export const commandPaths: Readonly<Record<PageCommand['kind'], string>> = {
  set_test: 'test_failover',
  set_mode: 'mode',
  fail_back: 'failback',
}

export const commandKinds = Object.keys(commandPaths) as readonly PageCommand['kind'][]
