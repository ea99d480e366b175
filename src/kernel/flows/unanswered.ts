/**
 * Forgets what a WAN has not answered so far: the next packet of such a flow finds its way and its
 * address anew. Only where its address was translated, or is this machine's: of the others the
 * kernel may see but half, and then what runs looks like this too.
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

/** Each as words for conntrack. */
function unansweredIn(listing: string, family: Family, own: ReadonlySet<string>): string[][] {
  return listing.split('\n').flatMap((line) => {
    const match = unanswered.exec(line)
    if (match === null) return []
    const [, protocol = '', from = '', to = '', fromPort = '', toPort = '', repliesTo] = match
    if (from === repliesTo && !own.has(from)) return []
    const ends = ['-s', from, '-d', to, '--sport', fromPort, '--dport', toPort]
    return [['-f', family, '-p', protocol, ...ends]]
  })
}

/** What was sent, then whom the answer would go to; whom nobody translates it goes to the sender. */
const unanswered =
  /^(udp|tcp)\s.*?\bsrc=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) .*\[UNREPLIED\] src=\S+ dst=(\S+)/

/** Each costs a walk through the whole table. */
const mostForgotten = 500
const listTimeoutMs = 5_000
