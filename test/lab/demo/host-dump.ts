/** Everything of the host that the daemon may touch, as lines that can be compared. */
import type { LabNode } from '../network/node.ts'

const commands = [
  'ip -4 rule show',
  'ip -6 rule show',
  'ip -4 route show table all',
  'ip -6 route show table all',
  'nft list ruleset',
]

export async function hostDump(host: LabNode): Promise<string[]> {
  const outputs = await Promise.all(
    commands.map(async (command) => {
      const [file = '', ...args] = command.split(' ')
      const lines = (await host.run(file, ...args)).split('\n')
      return lines
        .filter((line) => line.trim() !== '')
        .map((line) => `${command}: ${line.trimEnd()}`)
    }),
  )
  return outputs.flat()
}

/** `-` is what went, `+` is what came; the order of lines counts for nothing. */
export function dumpDifference(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...without(before, after).map((line) => `- ${line}`),
    ...without(after, before).map((line) => `+ ${line}`),
  ]
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return lines.filter((line) => {
    const index = left.indexOf(line)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}
