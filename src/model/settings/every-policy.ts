import type { PolicySettings, Settings } from './settings.ts'

/** A policy but for whom it matches. */
export type PolicyUse = Pick<PolicySettings, 'name' | 'use' | 'balance' | 'overCap' | 'failback'>

/** Every policy with the WANs it may use, the default one last. */
export function everyPolicy({ policies, defaultPolicy }: Settings): readonly PolicyUse[] {
  return [...policies, { name: 'default', overCap: false, ...defaultPolicy }]
}

/** Whether its running flows may stay on their WAN when new ones go back. */
export function isGraceful(
  { failback }: Pick<PolicySettings, 'failback'>,
  settings: Pick<Settings, 'failback'>,
): boolean {
  return (failback ?? settings.failback.mode) === 'graceful'
}
