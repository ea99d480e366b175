/** Asks the running daemon of this network namespace; `health` must be quick, and loads no more. */
import { createConnection } from 'node:net'
import { codeOf } from '../model/caught-error.ts'
import { checkSocket, socketPlace } from './socket-place.ts'

export type Asked =
  /** `snapshot` is null if the daemon has just started. */
  | { readonly kind: 'answered'; readonly turning: boolean; readonly snapshot: unknown }
  | { readonly kind: 'silent'; readonly reason: string }

export function askControlSocket(): Promise<Asked> {
  const place = socketPlace()
  const checked = checkSocket(place)
  if (checked.kind === 'missing') return Promise.resolve({ kind: 'silent', reason: nobody })
  if (checked.kind === 'refused') {
    return Promise.resolve({ kind: 'silent', reason: checked.reason })
  }
  return new Promise((resolve) => {
    let text = ''
    const socket = createConnection({ path: place.socketPath })
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error('the running daemon does not answer')),
    )
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.length > maxAnswer)
        socket.destroy(new Error('the answer of the running daemon is too long'))
    })
    socket.on('error', (error) => {
      // A socket that a killed daemon has left refuses.
      const missing = ['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))
      resolve({ kind: 'silent', reason: missing ? nobody : error.message })
    })
    socket.on('close', () => resolve(parsed(text)))
  })
}

function parsed(text: string): Asked {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null || !('turning' in answer)) {
      return { kind: 'silent', reason: 'the running daemon has another version' }
    }
    const snapshot = 'snapshot' in answer ? answer.snapshot : null
    return { kind: 'answered', turning: answer.turning === true, snapshot }
  } catch (error) {
    return {
      kind: 'silent',
      reason: `the answer of the running daemon is no JSON: ${String(error)}`,
    }
  }
}

const nobody = 'no WAN Failover runs in this network'
const timeoutMs = 2_000
const maxAnswer = 1_000_000
