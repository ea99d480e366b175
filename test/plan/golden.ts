/** The digests of all plans as they are kept in `golden.json`. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** A line an option file, with a digest a host, both in the order of their numbers. */
export interface Golden {
  /** Of the option files and hosts themselves: with others the rest says nothing. */
  readonly inputs: string
  readonly plans: readonly string[]
  readonly asWished: readonly string[]
}

export function readGolden(): Golden {
  return JSON.parse(readFileSync(file, 'utf8')) as Golden
}

export function writeGolden(golden: Golden): void {
  writeFileSync(file, `${JSON.stringify(golden, null, 2)}\n`)
}

/** Everything that the digests of plans depend on but the program itself. */
export function inputsDigest(options: readonly string[], hosts: readonly unknown[]): string {
  return digestOf(JSON.stringify([options, hosts]))
}

/** 48 bits: of a few thousand texts no two others are taken for the same. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

const file = new URL('golden.json', import.meta.url)
