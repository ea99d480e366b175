/** Plain words for the error codes a send can fail with; the code stays in brackets. */
export function sendFailure(code: string): string {
  const words = plainWords[code]
  return words === undefined ? code : `${words} (${code})`
}

/** The code of an error that Node threw or emitted; its message where it has none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

const plainWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the source port is taken',
  EADDRNOTAVAIL: 'this machine has no address to send from',
  EAFNOSUPPORT: 'this kernel lacks the address family',
  EAGAIN: 'the send queue is full',
  EHOSTUNREACH: 'no route to the target',
  EINVAL: 'the kernel takes the target for invalid',
  EMFILE: 'too many open files',
  ENETDOWN: 'the network is down',
  ENETUNREACH: 'the network is unreachable',
  ENOBUFS: 'the kernel has no buffer left',
  ENODEV: 'the interface is gone',
  ENXIO: 'the interface is gone',
  EPERM: 'a firewall of this machine forbids it',
}
