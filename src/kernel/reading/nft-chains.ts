/** The chains of every table in nft, those that iptables keeps there too; read, never changed. */
import * as v from 'valibot'
import { runTool } from '../tools/run-tool.ts'

const chainSchema = v.object({
  family: v.string(),
  table: v.string(),
  name: v.string(),
  hook: v.optional(v.string()),
  policy: v.optional(v.string()),
})
const listSchema = v.object({
  nftables: v.array(v.looseObject({ chain: v.optional(v.unknown()) })),
})

export type Chain = v.InferOutput<typeof chainSchema>

/** Every chain of every family; null where nft can't say. */
export async function readChains(command: string): Promise<readonly Chain[] | null> {
  const answer = await runTool(command, ['-j', 'list', 'chains'])
  if (answer.kind !== 'done') return null
  const list = v.safeParse(listSchema, parseJson(answer.output))
  if (!list.success) return null
  return list.output.nftables.flatMap(({ chain }) => {
    const parsed = v.safeParse(chainSchema, chain)
    return parsed.success ? [parsed.output] : []
  })
}

/** Such a chain drops what comes to its end without an accept. */
export function dropsForwarded({ hook, policy }: Chain): boolean {
  return hook === 'forward' && policy === 'drop'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
