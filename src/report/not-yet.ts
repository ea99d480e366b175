/** What the options ask for and this version does not carry out: said, never silently ignored. */
import type { Settings } from '../model/settings.ts'

export function notCarriedOut(settings: Settings): string[] {
  const found: string[] = []
  const names = settings.policies.map(({ name }) => name)
  if (names.length > 0) {
    found.push(`the policies ${names.join(', ')} (their packets follow the default policy)`)
  }
  if (settings.defaultPolicy.balance) found.push('default_policy.balance')
  if (settings.wans.some(({ inbound }) => inbound === 'established')) {
    found.push('inbound: established (nothing is dropped)')
  }
  if (settings.wans.some(({ capMb }) => capMb > 0)) found.push('cap_mb (nothing is counted)')
  if (settings.testFailover.devices.length > 0) {
    found.push('test_failover.devices (a failover test is refused)')
  }
  if (settings.failback.mode === 'immediate') {
    found.push('failback.mode: immediate (running flows move, but are not reset)')
  }
  return found.map((what) => `not carried out by this version: ${what}`)
}
