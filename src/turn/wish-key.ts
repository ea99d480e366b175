import type { Wishes } from './concern.ts'

/** The same wishes give one text; the bytes of a month, which change all the time, are none. */
export function wishKey(wishes: Wishes): string {
  return JSON.stringify(wishes, (name, value) => {
    if (name === 'usedBytes') return undefined
    return value instanceof Map ? [...value] : value
  })
}
