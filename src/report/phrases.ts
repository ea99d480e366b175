/** Decisions and commands as one line each, for the log. */
import type { UntimedEvent } from '../decision/changes.ts'
import type { Command } from '../model/decision.ts'

export interface Phrase {
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

export function describeEvent(event: UntimedEvent, switchMs: number | null): Phrase {
  const { event_type, from, to, wan, reason } = event
  switch (event_type) {
    case 'failover':
      return { level: 'warn', text: `failover from ${from} to ${to}${times()}: ${reason}` }
    case 'failback':
      return { level: 'info', text: `failback from ${from} to ${to}${times()}: ${reason}` }
    case 'wan_down':
      return { level: 'warn', text: `${wan} is down: ${reason}` }
    case 'wan_degraded':
      return { level: 'warn', text: `${wan} is degraded: ${reason}` }
    case 'wan_up':
      return { level: 'info', text: `${wan} is up again: ${reason}` }
    case 'all_down':
      return { level: 'error', text: `no Internet: ${reason}; traffic stays where it is` }
    case 'restored':
      return { level: 'info', text: `Internet is back: ${reason}` }
    case 'names_down':
      return { level: 'warn', text: `names are down: ${reason}` }
    case 'names_up':
      return { level: 'info', text: `names are up again: ${reason}` }
    case 'took_over':
      return { level: 'warn', text: `took over: ${reason}` }
    case 'gave_way':
      return { level: 'warn', text: `gave way: ${reason}` }
    case 'test_started':
      return { level: 'info', text: `failover test started: ${reason}` }
    case 'test_ended':
      return { level: 'info', text: `failover test ended: ${reason}` }
  }

  function times(): string {
    const detected = event.detect_ms === null ? [] : [`detected in ${event.detect_ms} ms`]
    const switched = switchMs === null ? [] : [`switched in ${switchMs} ms`]
    const all = [...detected, ...switched]
    return all.length === 0 ? '' : ` (${all.join(', ')})`
  }
}

export function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'set_test':
      return command.on ? 'a failover test' : 'the end of the failover test'
    case 'set_mode':
      return `the mode ${command.mode}`
    case 'fail_back':
      return 'failing back now'
    case 'set_rest':
      return command.on ? 'letting the other box serve' : 'serving again as it can'
    case 'set_policy':
      return `${command.wan} for the policy ${command.policy}`
  }
}
