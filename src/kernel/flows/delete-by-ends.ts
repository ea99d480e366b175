/**
 * Forgets tracked connections by their ends, which the kernel finds at once: `conntrack -D` walks the
 * whole table for each, and with ten thousand entries a hundred deletions took seconds. It deletes
 * what bears exactly these ends and nothing else, and what is gone already is no failure.
 */
import { bytesOf } from '../../model/address-bytes.ts'
import type { TcpFlow } from '../../model/flow.ts'
import { closeOnExec, type Libc, loadLibc, nonBlocking } from '../../probe/sockets/libc.ts'

export interface TrackedFlow extends TcpFlow {
  readonly protocol: 'tcp' | 'udp'
}

/** null, or why the kernel could not be asked. It keeps the loop for some microseconds a flow. */
export function deleteByEnds(flows: readonly TrackedFlow[]): string | null {
  if (flows.length === 0) return null
  const load = loadLibc()
  if (load.kind === 'missing') return load.reason
  const { libc } = load
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | nonBlocking | closeOnExec, NETLINK_NETFILTER)
  if (fd < 0) return `opening a netlink socket: ${libc.errorCode()}`
  try {
    return deleteAll(libc, fd, flows)
  } finally {
    libc.close(fd)
  }
}

/** The kernel has carried a message out, and answered what it refuses, when `sendto` returns. */
function deleteAll(libc: Libc, fd: number, flows: readonly TrackedFlow[]): string | null {
  for (let at = 0; at < flows.length; at += atOnce) {
    const messages = Buffer.concat(flows.slice(at, at + atOnce).map(deletion))
    if (libc.sendto(fd, messages, kernelAddress) < 0) {
      return `sending to the kernel: ${libc.errorCode()}`
    }
    const refusal = refusalIn(libc, fd)
    if (refusal !== null) return refusal
  }
  return null
}

/** Of the answers the first error but ENOENT: that flow is gone already. */
function refusalIn(libc: Libc, fd: number): string | null {
  const answer = Buffer.alloc(answerBytes)
  for (;;) {
    const length = libc.receive(fd, answer)
    if (length < headerBytes + 4) return null
    const error = answer.readInt32LE(headerBytes)
    const isError = answer.readUInt16LE(4) === NLMSG_ERROR
    if (isError && error !== 0 && error !== -ENOENT && error !== -EBUSY) {
      return `the kernel refuses to forget a flow: ${libc.errorName(-error)}`
    }
  }
}

/** linux/netfilter/nfnetlink_conntrack.h: IPCTNL_MSG_CT_DELETE with CTA_TUPLE_ORIG. */
function deletion({ family, protocol, from, fromPort, to, toPort }: TrackedFlow): Buffer {
  const isFour = family === 'ipv4'
  const [source, destination] = isFour
    ? [CTA_IP_V4_SRC, CTA_IP_V4_DST]
    : [CTA_IP_V6_SRC, CTA_IP_V6_DST]
  const tuple = nested(CTA_TUPLE_ORIG, [
    nested(CTA_TUPLE_IP, [attribute(source, bytesOf(from)), attribute(destination, bytesOf(to))]),
    nested(CTA_TUPLE_PROTO, [
      attribute(CTA_PROTO_NUM, Buffer.of(protocolNumbers[protocol])),
      attribute(CTA_PROTO_SRC_PORT, portBytes(fromPort)),
      attribute(CTA_PROTO_DST_PORT, portBytes(toPort)),
    ]),
  ])
  const header = Buffer.alloc(headerBytes + netfilterBytes)
  header.writeUInt32LE(header.length + tuple.length, 0)
  header.writeUInt16LE((NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE, 4)
  header.writeUInt16LE(NLM_F_REQUEST, 6)
  header.writeUInt8(isFour ? AF_INET : AF_INET6, headerBytes)
  return Buffer.concat([header, tuple])
}

function nested(type: number, parts: readonly Buffer[]): Buffer {
  return attribute(type | NLA_F_NESTED, Buffer.concat(parts))
}

/** linux/netlink.h: its length, its type, the value, padded to four bytes. */
function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
  bytes.writeUInt16LE(4 + value.length, 0)
  bytes.writeUInt16LE(type, 2)
  value.copy(bytes, 4)
  return bytes
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(port)
  return bytes
}

/** A message has a hundred bytes, and its answer no more than that; all fit a socket's buffers. */
const atOnce = 100
const answerBytes = 1_024
const headerBytes = 16
const netfilterBytes = 4

const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
const SOCK_RAW = 3
const NETLINK_NETFILTER = 12
const NLMSG_ERROR = 2
const NLM_F_REQUEST = 1
const NLA_F_NESTED = 0x8000
const NFNL_SUBSYS_CTNETLINK = 1
const IPCTNL_MSG_CT_DELETE = 2
const CTA_TUPLE_ORIG = 1
const CTA_TUPLE_IP = 1
const CTA_TUPLE_PROTO = 2
const CTA_IP_V4_SRC = 1
const CTA_IP_V4_DST = 2
const CTA_IP_V6_SRC = 3
const CTA_IP_V6_DST = 4
const CTA_PROTO_NUM = 1
const CTA_PROTO_SRC_PORT = 2
const CTA_PROTO_DST_PORT = 3
const ENOENT = 2
/** The flow is in the hands of a flow table, which lets go of it by itself. */
const EBUSY = 16
const protocolNumbers = { tcp: 6, udp: 17 } as const

/** struct sockaddr_nl of the kernel itself. */
const kernelAddress = Buffer.alloc(12)
kernelAddress.writeUInt16LE(AF_NETLINK, 0)
