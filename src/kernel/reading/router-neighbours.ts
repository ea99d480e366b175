/**
 * The IPv6 routers that this host knows by MAC. Nothing of the daemon's needs them while it runs, so
 * they are no part of the host's state: a search for lines asks for them once.
 */
import * as v from 'valibot'
import type { Router6 } from '../../model/line-search.ts'
import { runTool, systemTools } from '../tools/run-tool.ts'

/** Those that the kernel takes for routers, and `gateways`; empty where `ip` can't say. */
export async function routerNeighbours(gateways: readonly string[]): Promise<readonly Router6[]> {
  const answer = await runTool(systemTools.ip, ['-6', '-j', 'neigh', 'show'])
  if (answer.kind !== 'done' || answer.output.trim() === '') return []
  const read = v.safeParse(entries, answer.output)
  if (!read.success) return []
  return read.output.flatMap(({ dst, dev, lladdr, router }) => {
    if (lladdr === undefined) return []
    if (router === undefined && !gateways.includes(dst)) return []
    return [{ link: dev, address: dst, mac: lladdr }]
  })
}

const entries = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.looseObject({
      dst: v.string(),
      dev: v.string(),
      lladdr: v.optional(v.string()),
      /** Is there, as null, where it is so. */
      router: v.optional(v.null()),
    }),
  ),
)
