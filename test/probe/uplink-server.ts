/**
 * What lies behind one WAN of two-uplinks.ts: a process in a network namespace of its own that
 * answers DNS, TCP and HTTP on some well-known addresses, and pings in ways a kernel wouldn't.
 * It is told what to do, and tells what it did, by messages.
 */
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { type Libc, loadLibc } from '../../src/probe/sockets/libc.ts'
import { listenRaw, openRaw, setFilter, socketAddress } from '../../src/probe/sockets/raw-socket.ts'

/** How pings to the addresses here are answered; `kernel` is the usual way. */
export type EchoMode = 'kernel' | 'late' | 'wrong_source' | 'wrong_cookie' | ErrorMode
/** Not answered but refused, with the eight bytes quoted that must be, right or wrong. */
export type ErrorMode = 'short_error' | 'wrong_id' | 'wrong_sequence' | 'wrong_checksum'
export type UplinkCommand =
  | { readonly kind: 'start' }
  | { readonly kind: 'echo'; readonly mode: EchoMode }
export type UplinkMessage = {
  readonly kind: 'ready' | 'started' | 'echo_set' | 'forged' | 'folded'
}

export const serverAddresses = ['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111'] as const
export const lateMs = 1300

const load = loadLibc()
if (load.kind === 'missing') throw new Error(load.reason)
const libc: Libc = load.libc
const publicAddress = process.argv[2] ?? ''
let mode: EchoMode = 'kernel'
const dnsSockets = new Map<string, Socket>()

process.on('message', (command: UplinkCommand) => {
  obey(command).catch((error: unknown) => {
    process.stderr.write(`the uplink's server: ${error}\n`)
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit(0))
tell('ready')

async function obey(command: UplinkCommand): Promise<void> {
  switch (command.kind) {
    case 'start':
      await start()
      tell('started')
      return
    case 'echo':
      mode = command.mode
      writeFileSync('/proc/sys/net/ipv4/icmp_echo_ignore_all', mode === 'kernel' ? '0' : '1')
      tell('echo_set')
      return
    default:
      command satisfies never
  }
}

async function start(): Promise<void> {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  for (const address of serverAddresses) {
    execFileSync('ip', [
      'addr',
      'add',
      address,
      'dev',
      'lo',
      ...(address.includes(':') ? ['nodad'] : []),
    ])
    const dns = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    dns.on('message', (message, from) => answerDns(dns, message, from))
    dns.bind(53, address)
    await once(dns, 'listening')
    dnsSockets.set(address, dns)
    const tcp = createServer((socket) => socket.on('error', () => socket.destroy()))
    await once(tcp.listen(443, address), 'listening')
    const http = createHttpServer((request, response) => {
      if (request.url === '/portal_204') {
        response.writeHead(302, { location: 'http://login.hotel.example/' }).end()
      } else response.writeHead(request.url === '/page_204' ? 200 : 204).end()
    })
    await once(http.listen(80, address), 'listening')
  }
  answerPings()
}

function answerDns(socket: Socket, question: Buffer, from: RemoteInfo): void {
  const end = question.indexOf(0, 12) + 5
  const name = question.toString('latin1', 13, end - 5).toLowerCase()
  const reply = (response: Buffer): void => socket.send(response, from.port, from.address)
  const answer = Buffer.from(question.subarray(0, end))
  answer.writeUInt16BE(0x8180, 2)
  if (name.startsWith('late')) {
    setTimeout(reply, lateMs, answer)
  } else if (name.startsWith('servfail')) {
    answer.writeUInt16BE(0x8182, 2)
    reply(answer)
  } else if (name.startsWith('forged')) {
    forgeDns(answer, { reply, to: from })
  } else if (name.startsWith('folding')) {
    reply(withNameOf(answer, name))
    tell('folded')
  } else if (name.startsWith('letters')) {
    if (question.toString('latin1', 13, end - 5) === name) answer.writeUInt16BE(0x8182, 2)
    reply(answer)
  } else if (name.startsWith('misquoting')) {
    for (let i = 0; i < 3; i += 1) reply(withNameOf(answer, `x${name.slice(1)}`))
    tell('forged')
  } else if (name.startsWith('guessed')) {
    guessId(answer, reply)
    reply(answer)
  } else if (question.readUInt16BE(end - 4) === 16) {
    const text = Buffer.from(publicAddress)
    reply(withRecord(answer, { type: 16, data: Buffer.of(text.length, ...text) }))
  } else if (question.readUInt16BE(end - 4) === 1) {
    reply(withRecord(answer, { type: 1, data: Buffer.of(8, 8, 8, 8) }))
  } else reply(answer)
}

/** The same length as the name that was asked. */
function withNameOf(answer: Buffer, name: string): Buffer {
  const other = Buffer.from(answer)
  let at = 12
  for (const label of name.split(/[^a-z]/)) {
    other.write(label, at + 1)
    at += 1 + label.length
  }
  return other
}

/** As a host that sees nothing would. */
function guessId(answer: Buffer, reply: (response: Buffer) => void): void {
  for (let i = 1; i <= 10; i += 1) {
    const guess = Buffer.from(answer)
    guess.writeUInt16BE(answer.readUInt16BE(0) ^ i, 0)
    reply(guess)
  }
}

/** Three answers that a prober must not believe: wrong number, wrong question, wrong sender. */
function forgeDns(
  answer: Buffer,
  { reply, to }: { reply(response: Buffer): void; to: RemoteInfo },
): void {
  const wrongId = Buffer.from(answer)
  wrongId.writeUInt16BE(answer.readUInt16BE(0) ^ 1, 0)
  reply(wrongId)
  const wrongName = Buffer.from(answer)
  wrongName.write('x', 13)
  reply(wrongName)
  const other = dnsSockets.get('8.8.8.8')
  other?.send(answer, to.port, to.address, () => tell('forged'))
}

function withRecord(answer: Buffer, { type, data }: { type: number; data: Buffer }): Buffer {
  const record = Buffer.alloc(12)
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(type, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt16BE(data.length, 10)
  answer.writeUInt16BE(1, 6)
  return Buffer.concat([answer, record, data])
}

function answerPings(): void {
  const opened = openRaw(libc, 'ipv4')
  if (opened.kind === 'failed') throw new Error(opened.reason)
  setFilter(libc, opened.value, { family: 'ipv4', pass: [8] })
  const listening = listenRaw(libc, opened.value)
  if (listening.kind === 'failed') throw new Error(listening.reason)
  listening.value.socket.on('message', (packet, from) => {
    if (mode === 'kernel') return
    const target = [...packet.subarray(16, 20)].join('.')
    if (isErrorMode(mode)) {
      sendFrom(null, { to: from.address, reply: errorAbout(packet, mode) })
      tell('forged')
      return
    }
    const reply = Buffer.from(packet.subarray(20))
    reply.writeUInt8(0, 0)
    if (mode === 'wrong_cookie') reply.writeUInt8(reply.readUInt8(8) ^ 0xff, 8)
    reply.writeUInt16BE(0, 2)
    reply.writeUInt16BE(checksum(reply), 2)
    const source = mode === 'wrong_source' ? null : target
    if (mode === 'late') setTimeout(sendFrom, lateMs, source, { to: from.address, reply })
    else sendFrom(source, { to: from.address, reply })
    if (mode !== 'late') tell('forged')
  })
}

function isErrorMode(one: EchoMode): one is ErrorMode {
  return one in wrongAt
}

function errorAbout(packet: Buffer, wrong: ErrorMode): Buffer {
  const error = Buffer.concat([Buffer.of(3, 1, 0, 0, 0, 0, 0, 0), packet.subarray(0, 28)])
  const at = wrongAt[wrong]
  // Each guess another one: the kernel shows the prober one of many with a wrong id.
  if (at !== null) error.writeUInt16BE(error.readUInt16BE(at) ^ randomInt(1, 0x10000), at)
  error.writeUInt16BE(checksum(error), 2)
  return error
}

/** Behind eight bytes of the error's own and the twenty of the quoted IP header. */
const wrongAt: Readonly<Record<ErrorMode, number | null>> = {
  short_error: null,
  wrong_id: 32,
  wrong_sequence: 34,
  wrong_checksum: 30,
}

/** Without a source the kernel takes this uplink's own address, which nobody has pinged. */
function sendFrom(source: string | null, { to, reply }: { to: string; reply: Buffer }): void {
  const opened = openRaw(libc, 'ipv4')
  if (opened.kind === 'failed') throw new Error(opened.reason)
  if (source !== null) libc.bind(opened.value, socketAddress(source))
  const sent = libc.sendto(opened.value, reply, socketAddress(to))
  libc.close(opened.value)
  if (sent < 0) throw new Error(`answering a ping: ${libc.errorCode()}`)
}

function checksum(message: Buffer): number {
  let sum = 0
  for (let at = 0; at < message.length; at += 2) sum += message.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function tell(kind: UplinkMessage['kind']): void {
  process.send?.({ kind })
}
