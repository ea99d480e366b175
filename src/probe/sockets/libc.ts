/**
 * The few calls of the C library that Node has no words for: sockets with options. Nothing here
 * knows about probes. Numbers are those of Linux on x86-64 and ARM64, both little-endian.
 */
import { createRequire } from 'node:module'
import { getSystemErrorMap } from 'node:util'

export interface Libc {
  socket(family: number, type: number, protocol: number): number
  setsockopt(fd: number, level: number, name: number, value: Buffer): number
  getsockopt(fd: number, level: number, name: number, value: Buffer): number
  bind(fd: number, address: Buffer): number
  sendto(fd: number, data: Buffer, address: Buffer): number
  /** Without waiting: how many bytes came into `data`, below 0 where there are none. */
  receive(fd: number, data: Buffer): number
  dup2(from: number, to: number): number
  close(fd: number): number
  /** 0 where there is no such link. */
  interfaceIndex(name: string): number
  /** Where the bytes lie, for a structure that points to them; keep the buffer as long. */
  addressOf(data: Buffer): bigint
  /** The error of the last failed call, as `EPERM`; read it right after the call. */
  errorCode(): string
  errorName(number: number): string
}

export type LibcLoad =
  | { readonly kind: 'loaded'; readonly libc: Libc }
  | { readonly kind: 'missing'; readonly reason: string }

/**
 * koffi comes as a binary for each platform. Where there is none for this one the daemon must
 * still start and say so, hence no plain import.
 */
export function loadLibc(): LibcLoad {
  try {
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi')
    return { kind: 'loaded', libc: describeCalls(koffi) }
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return { kind: 'missing', reason: `koffi, which opens marked sockets, can't be loaded: ${why}` }
  }
}

function describeCalls(koffi: typeof import('koffi')): Libc {
  const library = koffi.load(null)
  const setsockopt = library.func('int setsockopt(int, int, int, const void *, uint32_t)')
  const getsockopt = library.func('int getsockopt(int, int, int, void *, void *)')
  const bind = library.func('int bind(int, const void *, uint32_t)')
  const sendto = library.func(
    'intptr_t sendto(int, const void *, size_t, int, const void *, uint32_t)',
  )
  const recv = library.func('intptr_t recv(int, void *, size_t, int)')
  const errorNames = getSystemErrorMap()
  const errorName = (number: number) => errorNames.get(-number)?.[0] ?? `errno ${number}`
  return {
    socket: library.func('int socket(int, int, int)'),
    setsockopt: (fd, level, name, value) => setsockopt(fd, level, name, value, value.length),
    getsockopt: (fd, level, name, value) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(value.length)
      return getsockopt(fd, level, name, value, length)
    },
    bind: (fd, address) => bind(fd, address, address.length),
    sendto: (fd, data, address) => sendto(fd, data, data.length, 0, address, address.length),
    receive: (fd, data) => recv(fd, data, data.length, MSG_DONTWAIT),
    dup2: library.func('int dup2(int, int)'),
    close: library.func('int close(int)'),
    interfaceIndex: library.func('uint32_t if_nametoindex(const char *)'),
    addressOf: (data) => koffi.address(data),
    errorCode: () => errorName(koffi.errno()),
    errorName,
  }
}

/** SOCK_NONBLOCK and SOCK_CLOEXEC of socket(2). */
export const nonBlocking = 0o4000
export const closeOnExec = 0o2000000

const MSG_DONTWAIT = 0x40
