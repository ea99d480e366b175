import type { Answer } from '../network/rescued-queries.ts'

/** What becomes of queries to a silent resolver, as a sentence without its end. */
export function describeAnswer({ resolver, address, uplink }: Answer): string {
  const where = address === resolver ? 'go to it' : `go to ${address}`
  return `${resolver} is silent: queries for names to it ${where} by ${uplink.name}`
}
