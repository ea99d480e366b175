import * as v from 'valibot'
import { askControlSocket } from '../control/ask-control-socket.ts'
import type { Settings } from '../model/settings/settings.ts'
import { pairPlace, withoutShared } from '../network/pair/pair-place.ts'
import { lacking } from '../pair/lacking-programs.ts'
import { hearNeighbours } from '../probe/lines/hear-neighbours.ts'
import { hearVrrp } from '../probe/lines/hear-vrrp.ts'
import { describeOtherBox } from '../report/other-box-text.ts'
import { describePair, type PairFindings } from '../report/pair-text.ts'
import { priorityOf } from '../turn/pair/fitness.ts'
import type { HostView } from './with-host.ts'

/** Asks by ARP whether the other box is there and who has the shared address, and hears who speaks VRRP. */
export async function pairFindings({ settings, kernel }: HostView): Promise<PairFindings> {
  const { pair } = settings
  if (pair === null) return nothing
  const missing = lacking()
  if (missing !== null) return { ...nothing, errors: [missing] }
  const whole = await kernel.read()
  const host = withoutShared(whole, pair)
  const found = pairPlace(pair, host)
  if (found.kind === 'missing') return { ...nothing, errors: [`the pair: ${found.problem}`] }
  const { link: name, own } = found.place
  const link = host.links.find((one) => one.name === name)
  const asked = [pair.address, ...peerOf(pair)]
  const searched = { subnets: [{ own, ask: asked }], direct: false, linkLocal: null, global6: [] }
  const [heard, routers] =
    link === undefined
      ? [null, null]
      : await Promise.all([
          hearNeighbours([{ name, index: link.index, mac: link.mac, ...searched }]),
          hearVrrp(link.index),
        ])
  const ownPriority = priorityOf('ready', { role: pair.role, isServing: true })
  const near = describePair(pair, { isHere: host !== whole, heard, routers, ownPriority })
  const other = await otherFindings()
  return {
    errors: near.errors,
    hints: [...near.hints, ...other.hints],
    facts: [...near.facts, ...other.facts],
  }
}

/** What the running daemon has heard of the other box by their broker. */
async function otherFindings(): Promise<PairFindings> {
  const asked = await askControlSocket()
  const parsed = v.safeParse(snapshotSchema, asked.kind === 'silent' ? null : asked.snapshot)
  if (!parsed.success) return nothing
  const { version, pair } = parsed.output
  const { problem, hints } = describeOtherBox(pair.other, version)
  const facts = problem === null ? ['the other box has the same options'] : []
  return { errors: [], hints: [...(problem === null ? [] : [problem]), ...hints], facts }
}

const snapshotSchema = v.object({
  version: v.string(),
  pair: v.object({
    other: v.object({
      version: v.string(),
      at: v.string(),
      seen: v.string(),
      clock_s: v.nullable(v.number()),
      differences: v.array(v.object({ option: v.string(), here: v.string(), there: v.string() })),
      more: v.number(),
    }),
  }),
})

function peerOf({ peer }: NonNullable<Settings['pair']>): readonly string[] {
  return peer === null ? [] : [peer]
}

const nothing: PairFindings = { errors: [], hints: [], facts: [] }
