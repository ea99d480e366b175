/**
 * Asks the house's devices what they are called, by multicast DNS: each is asked by all and answers
 * for itself, RFC 6762. The question comes from a port of its own, so the answer comes back to us
 * alone (6.7, legacy unicast). It asks for names of addresses in the house and of nothing else.
 */
import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as wait } from 'node:timers/promises'
import { type DnsQuestion, decodeResponse, encodeQuestion } from '../probe/messages/dns-message.ts'
import { readableName } from './readable-name.ts'

export interface MdnsQuestion {
  /** IPv4. */
  readonly addresses: readonly string[]
  /** This host's IPv4 addresses on the links where the devices are. */
  readonly here: readonly string[]
}

/** At a time. */
export const mostAsked = 256

/** By address. Who is silent is left out; it ends within two seconds, whatever comes. */
export async function askByMdns(question: MdnsQuestion): Promise<ReadonlyMap<string, string>> {
  const addresses = question.addresses.slice(0, mostAsked)
  const names = new Map<string, string>()
  if (addresses.length === 0) return names
  const asked = question.here.slice(0, mostLinks).map((here) => askFrom(here, addresses, names))
  await Promise.all(asked)
  return names
}

async function askFrom(
  here: string,
  addresses: readonly string[],
  names: Map<string, string>,
): Promise<void> {
  const socket = createSocket('udp4')
  try {
    await bind(socket, here)
    // An answer is believed of nobody but the device itself.
    socket.on('message', (message, { address }) => {
      const [name] = decodeResponse(message, questionOf(address))?.records ?? []
      const readable = name === undefined ? null : readableName(name)
      if (readable !== null && addresses.includes(address)) names.set(address, readable)
    })
    for (let round = 0; round < rounds; round += 1) {
      await send(
        socket,
        addresses.filter((address) => !names.has(address)),
      )
      await wait(answerMs)
    }
  } catch {
    // A link that went away this moment has nobody on it; names are a courtesy.
  } finally {
    socket.close()
  }
}

function bind(socket: Socket, here: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: here, port: 0 }, () => {
      // What goes wrong later ends as silence.
      socket.on('error', () => {})
      socket.setMulticastInterface(here)
      socket.setMulticastTTL(255)
      resolve()
    })
  })
}

/** A few at a time: small devices have small queues. */
async function send(socket: Socket, addresses: readonly string[]): Promise<void> {
  for (const [position, address] of addresses.entries()) {
    socket.send(encodeQuestion(position, questionOf(address)), mdnsPort, mdnsGroup, () => {})
    if (position % atOnce === atOnce - 1) await wait(pauseMs)
  }
}

function questionOf(address: string): DnsQuestion {
  const name = `${address.split('.').reverse().join('.')}.in-addr.arpa`
  return { name, type: 'PTR', class: 'IN' }
}

const mdnsGroup = '224.0.0.251'
const mdnsPort = 5_353
const mostLinks = 8
const atOnce = 16
const pauseMs = 10
/** Who alone has a name answers at once (RFC 6762, 6); Wi-Fi may lose the first question. */
const answerMs = 500
const rounds = 2
