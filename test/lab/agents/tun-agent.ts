/**
 * A line as pppd makes it: a TUN device in the machine that it is started in, another one in the
 * machine of a process, and all packets between the two. It ends with its standard input, and both
 * devices with it. Its one argument is TunAgentOptions as JSON.
 */
import { openSync, read, write } from 'node:fs'
import koffi from 'koffi'
import { agentOptions, reportReady } from './agent-program.ts'

export interface TunAgentOptions {
  readonly name: string
  readonly far: { readonly name: string; readonly pid: number }
}

const { name, far } = agentOptions<TunAgentOptions>()
const library = koffi.load(null)
const ioctl = library.func('int ioctl(int, unsigned long, void *)')
const setns = library.func('int setns(int, int)')

/** linux/if_tun.h, sched.h */
const TUNSETIFF = 0x400454ca
const IFF_TUN = 0x0001
const IFF_NO_PI = 0x1000
const CLONE_NEWNET = 0x40000000
const longestPacket = 65_535

const near = openTun(name)
if (setns(openSync(`/proc/${far.pid}/ns/net`, 'r'), CLONE_NEWNET) !== 0) {
  throw new Error(`entering the network of process ${far.pid}`)
}
const distant = openTun(far.name)
pass(near, distant)
pass(distant, near)
// An orderly exit would wait for the two reads, which end with nothing but the process.
process.stdin.resume().on('end', () => process.kill(process.pid, 'SIGKILL'))
reportReady()

function openTun(device: string): number {
  const file = openSync('/dev/net/tun', 'r+')
  const request = Buffer.alloc(40)
  request.write(device)
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16)
  if (ioctl(file, TUNSETIFF, request) !== 0) throw new Error(`making ${device}`)
  return file
}

function pass(from: number, to: number): void {
  const packet = Buffer.alloc(longestPacket)
  read(from, packet, 0, longestPacket, null, (error, length) => {
    // A device that is down takes and gives nothing, and may come up again.
    if (error !== null) setImmediate(pass, from, to)
    else write(to, packet, 0, length, null, () => pass(from, to))
  })
}
