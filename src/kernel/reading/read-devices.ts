/**
 * Reads what the house's devices leave behind on this host: the neighbour tables of both families,
 * and what our nft sets have counted of each. It only reads, and only when somebody asks.
 */
import * as v from 'valibot'
import { families } from '../../model/address.ts'
import type { CountedDevice, DeviceTraces } from '../../model/device-trace.ts'
import type { Log } from '../../model/log.ts'
import { nftTable } from '../../model/marks.ts'
import { countedForS, deviceSet, mostCounted } from '../../network/nft/chains/device-chains.ts'
import { runTool, systemTools, type Tools } from '../tools/run-tool.ts'
import { readNeighbours } from './read-links.ts'

export interface TraceQuestion {
  readonly wans: readonly string[]
  readonly log: Log
  readonly tools?: Pick<Tools, 'ip' | 'nft'>
}

/** Of the traces what the kernel knows. */
export type KernelTraces = Pick<DeviceTraces, 'neighbours' | 'counted' | 'isFull'>

/** What can't be read is left out, and a debug line says so. */
export async function readDevices(question: TraceQuestion): Promise<KernelTraces> {
  const { wans, log, tools = systemTools } = question
  const sets = wans.flatMap((wan) => families.map((family) => ({ wan, family })))
  const [neighbours, ...counted] = await Promise.all([
    readAllNeighbours(tools.ip, log),
    ...sets.map(async ({ wan, family }) => {
      const elements = await readElements(tools.nft, deviceSet(wan, family))
      return elements.map((element) => ({ ...element, wan }))
    }),
  ])
  return {
    neighbours,
    counted: counted.flat(),
    isFull: counted.some((elements) => elements.length >= mostCounted),
  }
}

async function readAllNeighbours(ip: string, log: Log): Promise<DeviceTraces['neighbours']> {
  const answer = await runTool(ip, ['-j', 'neigh', 'show'])
  if (answer.kind !== 'done') {
    log.debug(`Reading the neighbours: ${answer.error}`)
    return []
  }
  const parsed = v.safeParse(neighbourList, answer.output.trim() === '' ? '[]' : answer.output)
  return parsed.success ? readNeighbours(parsed.output, log) : []
}

/** None where the set isn't there: nothing is set up, or the WAN has no such family. */
async function readElements(nft: string, set: string): Promise<Omit<CountedDevice, 'wan'>[]> {
  const answer = await runTool(nft, ['-j', 'list', 'set', 'inet', nftTable, set])
  if (answer.kind !== 'done') return []
  const parsed = v.safeParse(setListing, answer.output)
  if (!parsed.success) return []
  return parsed.output.nftables.flatMap(({ set }) =>
    (set?.elem ?? []).flatMap(({ elem }) =>
      elem === undefined
        ? []
        : [
            {
              address: elem.val,
              bytes: elem.counter.bytes,
              quietMs: Math.max(0, countedForS - elem.expires) * 1_000,
            },
          ],
    ),
  )
}

const neighbourList = v.pipe(v.string(), v.parseJson(), v.array(v.unknown()))

/** libnftables-json(5); seconds. */
const setListing = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    nftables: v.array(
      v.looseObject({
        set: v.optional(
          v.looseObject({
            elem: v.optional(
              v.array(
                v.looseObject({
                  elem: v.optional(
                    v.looseObject({
                      val: v.string(),
                      expires: v.optional(v.number(), countedForS),
                      counter: v.object({ bytes: v.number() }),
                    }),
                  ),
                }),
              ),
            ),
          }),
        ),
      }),
    ),
  }),
)
