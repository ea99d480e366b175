import type { Wishes } from './concern.ts'

/** Other wishes have another key: bytes grow all the time and make none; JSON knows no maps. */
export function wishKey(wishes: Wishes): string {
  return JSON.stringify(wishes, (name, value: unknown) => {
    if (name === 'usedBytes') return undefined
    return value instanceof Map ? [...value] : value
  })
}
