/**
 * A device that says what it is called, as avahi does: by multicast DNS, for the addresses that it
 * is told to answer for. Its one argument is MdnsResponderOptions as JSON; it says `ready`.
 */
import { createSocket } from 'node:dgram'
import { agentOptions, reportReady } from '../agents/agent-program.ts'

export interface MdnsResponderOptions {
  /** Where it listens. */
  readonly address: string
  /** By address, the name that it gives; an honest one has its own alone. */
  readonly names: Readonly<Record<string, string>>
}

const headerBytes = 12
const options = agentOptions<MdnsResponderOptions>()
const socket = createSocket({ type: 'udp4', reuseAddr: true })
const answers = Object.entries(options.names).map(([address, name]) => {
  const asked = nameBytes(`${address.split('.').reverse().join('.')}.in-addr.arpa`)
  const section = Buffer.concat([asked, Buffer.of(0, 12, 0, 1)])
  return { section, data: nameBytes(name) }
})

socket.on('message', (query, { address, port }) => {
  const found = answers.find(({ section }) => query.subarray(headerBytes).equals(section))
  if (found === undefined) return
  const header = Buffer.from([...query.subarray(0, 2), 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0])
  // The question's name again, PTR, IN, ten seconds: RFC 6762, 6.7.
  const fixed = Buffer.of(0xc0, headerBytes, 0, 12, 0, 1, 0, 0, 0, 10, 0, found.data.length)
  const answer = Buffer.concat([header, found.section, fixed, found.data])
  socket.send(answer, port, address, () => undefined)
})
socket.bind(5_353, '0.0.0.0', () => {
  socket.addMembership('224.0.0.251', options.address)
  reportReady()
})

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label))
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), label]),
    Buffer.of(0),
  ])
}
