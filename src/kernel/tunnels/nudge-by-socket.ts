import { createConnection } from 'node:net'

export interface Nudge {
  readonly link: string
  readonly mark: number
  readonly peerKey: string
  readonly keepaliveSeconds: number
}

/**
 * What two runs of `wg` would say to `wireguard-go`, by its own socket: programs need tens of
 * milliseconds to start on a busy machine, and until then the tunnel is cut. false: there is no such
 * socket, as with the kernel's WireGuard, or no good answer.
 */
export function nudgeBySocket(nudge: Nudge): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = createConnection(`${folder}/${nudge.link}.sock`)
  let said = ''
  socket.setEncoding('utf8').setTimeout(timeoutMs, () => socket.destroy())
  socket.on('connect', () => socket.write(wordsOf(nudge)))
  socket.on('data', (text: string) => {
    said = `${said}${text}`.slice(0, mostSaid)
    if (said.includes('\n\n')) socket.end()
  })
  // The end of it is told by `close`, whatever has gone wrong.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => resolve(said === 'errno=0\n\n'))
  return promise
}

/** One peer twice: it is set in this order, and a keepalive that is switched on is sent. */
function wordsOf({ mark, peerKey, keepaliveSeconds }: Nudge): string {
  const peer = [
    `public_key=${Buffer.from(peerKey, 'base64').toString('hex')}`,
    'update_only=true',
    'persistent_keepalive_interval=',
  ].join('\n')
  return `set=1\nfwmark=${mark}\n${peer}0\n${peer}${keepaliveSeconds}\n\n`
}

const folder = '/run/wireguard'
const timeoutMs = 500
const mostSaid = 1_000
