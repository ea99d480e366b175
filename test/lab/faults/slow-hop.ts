/**
 * A slow line, for kernels without netem: a program on a TUN device that gives every packet back
 * to the kernel later. Its one argument is SlowHopOptions as JSON; it says `ready` once the device
 * is there. It ends by being killed: its reading thread can't be interrupted.
 */
import { openSync, read, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import koffi from 'koffi'
import { agentOptions, reportReady } from '../agents/agent-program.ts'
import { monotonicMs } from '../measure/monotonic.ts'

export interface SlowHopOptions {
  readonly device: string
  readonly delayMs: number
  readonly jitterMs: number
}

// linux/if_tun.h: TUNSETIFF, IFF_TUN | IFF_NO_PI; struct ifreq is 40 bytes, the name 16 of them.
const setInterface = 0x400454ca
const tunWithoutHeader = 0x1001
const requestBytes = 40
const nameBytes = 16
/** A line that holds more than this has a full buffer, and loses. */
const mostPackets = 20_000

const options = agentOptions<SlowHopOptions>()
const device = openTun(options.device)
const waiting: { packet: Buffer; dueMs: number }[] = []

reportReady()
await carry()

async function carry(): Promise<never> {
  const readPacket = promisify(read)
  const buffer = Buffer.alloc(65_536)
  for (;;) {
    const { bytesRead } = await readPacket(device, buffer, 0, buffer.length, null)
    if (waiting.length < mostPackets) keep(buffer.subarray(0, bytesRead))
  }
}

function keep(packet: Buffer): void {
  const delayMs = options.delayMs + (Math.random() * 2 - 1) * options.jitterMs
  // Jitter on a real line is a queue: nothing overtakes.
  const dueMs = Math.max(monotonicMs() + Math.max(0, delayMs), waiting.at(-1)?.dueMs ?? 0)
  waiting.push({ packet: Buffer.from(packet), dueMs })
  // With others before it the timer runs already.
  if (waiting.length === 1) setTimeout(release, dueMs - monotonicMs())
}

function release(): void {
  for (;;) {
    const first = waiting[0]
    if (first === undefined) return
    const leftMs = first.dueMs - monotonicMs()
    if (leftMs > 0.5) {
      setTimeout(release, leftMs)
      return
    }
    waiting.shift()
    writeSync(device, first.packet)
  }
}

function openTun(name: string): number {
  const descriptor = openSync('/dev/net/tun', 'r+')
  const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, void *argument)')
  const request = Buffer.alloc(requestBytes)
  request.write(name, 0, nameBytes - 1, 'latin1')
  request.writeUInt16LE(tunWithoutHeader, nameBytes)
  const result = ioctl(descriptor, setInterface, request) as number
  if (result !== 0) throw new Error(`making the TUN device ${name}: errno ${koffi.errno()}`)
  return descriptor
}
