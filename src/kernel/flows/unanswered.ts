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
import { deleteInBatch } from './delete-tracked.ts'
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
    const filters = unansweredIn(listing.output, family, own).slice(0, mostForgotten)
    const { conntrack } = tools
    // It fails where one has been answered, or has ended, meanwhile.
    await deleteInBatch(filters, { conntrack, log, what: 'Forgetting unanswered flows' })
  }
}

/** Each as words for conntrack, the youngest question first. */
function unansweredIn(listing: string, family: Family, own: ReadonlySet<string>): string[][] {
  const found = listing.split('\n').flatMap((line) => {
    const match = unanswered.exec(line)?.groups
    if (match === undefined) return []
    const { protocol = '', left = '', from = '', to = '', fromPort = '', toPort = '' } = match
    const mayBeHalf = from === match['repliesTo'] && !own.has(from)
    if (mayBeHalf && (family !== 'ipv6' || protocol !== 'tcp')) return []
    const ends = ['-s', from, '-d', to, '--sport', fromPort, '--dport', toPort]
    return [{ words: ['-f', family, '-p', protocol, ...ends], left: Number(left), mayBeHalf }]
  })
  const youngest = Math.max(0, ...found.map(({ left }) => left))
  return found
    .filter(({ left, mayBeHalf }) => !mayBeHalf || youngest - left <= youthSeconds)
    .toSorted((a, b) => b.left - a.left)
    .map(({ words }) => words)
}

/** What was sent, then whom the answer would go to; whom nobody translates it goes to the sender. */
const unanswered = new RegExp(
  String.raw`^(?<protocol>udp|tcp)\s+\d+ (?<left>\d+) .*?\bsrc=(?<from>\S+) dst=(?<to>\S+) ` +
    String.raw`sport=(?<fromPort>\d+) dport=(?<toPort>\d+) .*\[UNREPLIED\] src=\S+ dst=(?<repliesTo>\S+)`,
)

/** What was asked before a silence began has its answer, though the kernel hasn't seen it. */
const youthSeconds = 3
/** Each costs a walk through the whole table. */
const mostForgotten = 500
const listTimeoutMs = 5_000
