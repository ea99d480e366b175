/** A part of our nft table as it is printed, without the lines of the table around it. */
import type { NftPart } from '../../../src/network/nft/nft-part.ts'
import { printTable } from '../../../src/network/nft/print-table.ts'

export function printedLines({ objects = [], sets = [], chains = [] }: NftPart): readonly string[] {
  const lines = printTable({ objects, sets, chains }).trimEnd().split('\n')
  return lines.slice(1, -1).map((line) => line.trim())
}
