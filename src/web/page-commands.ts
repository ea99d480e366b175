/** The commands of the page and their paths: server and page use the same list. */
import type { Command } from '../model/decision.ts'

/** Only Home Assistant can choose a policy's WAN by hand. */
export type PageCommand = Exclude<Command, { kind: 'set_policy' }>

/** Each is a POST below `api/`; its body is the command without its kind, as `{"on": true}`. */
export const commandPaths: Readonly<Record<PageCommand['kind'], string>> = {
  set_test: 'test_failover',
  set_mode: 'mode',
  fail_back: 'failback',
  set_rest: 'rest',
}

export const commandKinds = Object.keys(commandPaths) as readonly PageCommand['kind'][]
