/**
 * Forgets what a WAN has not answered so far: the next packet of such a flow finds its way and its
 * address anew. Only where its address was translated, or is this machine's: of the others the
 * kernel may see but half, and then what runs looks like this too. Over IPv6 TCP goes all the same:
 * another line wants another prefix, and what runs is held by its set.
 */
import type { Family } from '../../model/address.ts'
import type { HostState } from '../../model/host.ts'
import { markMask } from '../../model/marks.ts'
import type { UnansweredQuestion } from '../port.ts'
import { runTool } from '../tools/run-tool.ts'
import { deleteByEnds, type TrackedFlow } from './delete-by-ends.ts'
import type { FlowTools } from './tcp-flows.ts'

type UnansweredTools = FlowTools & { readonly host: Pick<HostState, 'addresses'> }

export async function forgetUnanswered(
  { mark, families }: UnansweredQuestion,
  { tools, log, host }: UnansweredTools,
): Promise<void> {
  const own = new Set(host.addresses.map(({ address }) => address))
  for (const family of families) {
    const filter = ['-L', '-f', family, '--mark', `${mark}/${markMask}`]
    const listing = await runTool(tools.conntrack, filter, { timeoutMs: listTimeoutMs })
    if (listing.kind !== 'done') {
      log.debug(`Listing tracked connections: ${listing.error}`)
      continue
    }
    const flows = unansweredIn(listing.output, family, own).slice(0, mostForgotten)
    const error = deleteByEnds(flows)
    if (error !== null) log.debug(`Forgetting unanswered flows: ${error}`)
  }
}

/** The youngest question first. */
function unansweredIn(
  listing: string,
  family: Family,
  own: ReadonlySet<string>,
): readonly TrackedFlow[] {
  const found = linesWith('[UNREPLIED]', listing).flatMap((line) => {
    const match = unanswered.exec(line)?.groups
    if (match === undefined) return []
    const { left = '', from = '', to = '', fromPort = '', toPort = '' } = match
    const protocol = match['protocol'] === 'tcp' ? 'tcp' : 'udp'
    const mayBeHalf = from === match['repliesTo'] && !own.has(from)
    if (mayBeHalf && (family !== 'ipv6' || protocol !== 'tcp')) return []
    const ends = { from, fromPort: Number(fromPort), to, toPort: Number(toPort) }
    return [{ flow: { family, protocol, ...ends } as const, left: Number(left), mayBeHalf }]
  })
  const youngest = Math.max(0, ...found.map(({ left }) => left))
  return found
    .filter(({ left, mayBeHalf }) => !mayBeHalf || youngest - left <= youthSeconds)
    .toSorted((a, b) => b.left - a.left)
    .map(({ flow }) => flow)
}

/**
 * Among ten thousand answered ones they are few. conntrack 1.4.7 finds none where it is to filter by
 * mark and by status.
 */
function linesWith(word: string, text: string): string[] {
  const lines: string[] = []
  for (let at = text.indexOf(word); at !== -1 && lines.length < mostRead; ) {
    const end = text.indexOf('\n', at)
    lines.push(text.slice(text.lastIndexOf('\n', at) + 1, end === -1 ? text.length : end))
    at = end === -1 ? -1 : text.indexOf(word, end)
  }
  return lines
}

/** What was sent, then whom the answer would go to; whom nobody translates it goes to the sender. */
const unanswered = new RegExp(
  String.raw`^(?<protocol>udp|tcp)\s+\d+ (?<left>\d+) .*?\bsrc=(?<from>\S+) dst=(?<to>\S+) ` +
    String.raw`sport=(?<fromPort>\d+) dport=(?<toPort>\d+) .*\[UNREPLIED\] src=\S+ dst=(?<repliesTo>\S+)`,
)

/** What was asked before a silence began has its answer, though the kernel hasn't seen it. */
const youthSeconds = 3
/** Each takes the loop some microseconds. */
const mostForgotten = 2_000
const mostRead = 10_000
const listTimeoutMs = 5_000
