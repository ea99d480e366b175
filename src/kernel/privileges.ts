import { readFileSync } from 'node:fs'

/**
 * Which of the capabilities that we need this process lacks, by /proc/self/status (proc(5),
 * CapEff; the numbers are linux/capability.h's). Empty where nothing is missing.
 */
export function missingPrivileges(): readonly string[] {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const effective = BigInt(`0x${hex ?? '0'}`)
  return needed.filter(({ bit }) => ((effective >> bit) & 1n) === 0n).map(({ name }) => name)
}

const needed = [
  { name: 'NET_ADMIN', bit: 12n },
  { name: 'NET_RAW', bit: 13n },
] as const
