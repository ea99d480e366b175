/**
 * The program behind AddressWatch: asks all the time by ARP who has an address, past its machine's
 * own memory of neighbours, and reports `asked MS` and `answer MS MAC`, a line each.
 */
import { networkInterfaces } from 'node:os'
import { macText, textOf } from '../../../src/model/address-bytes.ts'
import { PacketExchange } from '../../../src/probe/lines/packet-exchange.ts'
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, reportSoon } from './agent-program.ts'

export interface WhoHasAgentOptions {
  readonly link: string
  readonly address: string
  readonly everyMs: number
}

const { link: name, address, everyMs } = agentOptions<WhoHasAgentOptions>()
const loaded = loadLibc()
if (loaded.kind === 'missing') throw new Error(loaded.reason)
const { libc } = loaded
const own = networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')
if (own === undefined) throw new Error(`${name} has no IPv4 address`)
const subnets = [{ own: own.address, ask: [address] }]
const search = { direct: false, linkLocal: null, global6: [] }
const link = { name, index: libc.interfaceIndex(name), mac: own.mac, subnets, ...search }
const opened = await PacketExchange.open(libc, [link], {
  onArp: ({ sender, asker }) => {
    const isMine = textOf(sender.ip) === address && textOf(asker.ip) === own.address
    if (isMine) reportSoon('answer', monotonicMs(), macText(sender.hardware))
  },
  onRouter: () => undefined,
})
if (opened.kind === 'failed') throw new Error(opened.reason)
const exchange = opened.value
begin()
setInterval(() => {
  reportSoon('asked', monotonicMs())
  exchange.askWhoHas(link, own.address, address)
}, everyMs)
