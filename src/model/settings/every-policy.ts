import type { PolicySettings, Settings } from './settings.ts'

/** A policy but for whom it matches. */
export type PolicyUse = Pick<PolicySettings, 'name' | 'use' | 'balance' | 'overCap'>

/** Every policy with the WANs it may use, the default one last. */
export function everyPolicy({ policies, defaultPolicy }: Settings): readonly PolicyUse[] {
  return [...policies, { name: 'default', overCap: false, ...defaultPolicy }]
}
