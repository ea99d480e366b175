/**
 * Opens TCP connections that leave by their WAN: from a port that a rule sends to the WAN's
 * table. A connection holds its port until it is closed, ten seconds at most; when all are held
 * the oldest one gives way. It is ended by a reset, so that no port rests in TIME_WAIT.
 */
import { connect, type Socket } from 'node:net'
import type { Family } from '../../model/address.ts'
import { probePorts } from '../../model/marks.ts'
import { memoryMs } from '../methods/recent-questions.ts'
import { errorCode, sendFailure } from './send-failure.ts'

export interface Destination {
  readonly wan: number
  readonly family: Family
  readonly address: string
  readonly port: number
}

export type ConnectResult =
  | {
      readonly kind: 'connected'
      /** Call `resetAndDestroy` when done; after ten seconds the connector does it. */
      readonly socket: Socket
      readonly rttMs: number
      /** true once the connector has ended it: for its age, or to make room. */
      wasGivenUp(): boolean
    }
  /** The connection was refused by a reset: somebody is there. */
  | { readonly kind: 'closed_port'; readonly rttMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unsent'; readonly reason: string }

export class PinnedConnector {
  readonly #pools = new Map<number, Pool>()
  #closed = false

  /** Null where nobody answers within ten seconds. */
  connect(destination: Destination): Promise<ConnectResult | null> {
    const { promise, resolve: settle } = Promise.withResolvers<ConnectResult | null>()
    const attempts = probePorts(destination.wan).last - probePorts(destination.wan).first + 1
    if (this.#closed) settle(null)
    else this.#attempt(this.#poolOf(destination.wan), { destination, settle, attempts })
    return promise
  }

  close(): void {
    this.#closed = true
    for (const pool of this.#pools.values()) {
      for (const held of pool.held.values()) held.giveUp()
    }
  }

  #poolOf(wan: number): Pool {
    const known = this.#pools.get(wan)
    if (known !== undefined) return known
    const pool = { ...probePorts(wan), next: probePorts(wan).first, held: new Map() }
    this.#pools.set(wan, pool)
    return pool
  }

  #attempt(pool: Pool, attempt: Attempt): void {
    const { destination, settle, attempts } = attempt
    const localPort = takePort(pool)
    const startMs = performance.now()
    let thisTurn = true
    const ipv4 = destination.family === 'ipv4'
    const socket = connect({
      host: destination.address,
      port: destination.port,
      localAddress: ipv4 ? '0.0.0.0' : '::',
      localPort,
      autoSelectFamily: false,
    })
    afterTicks(4, () => {
      thisTurn = false
    })
    const held = holdPort(pool, localPort, { socket, settle })
    socket.once('connect', () => {
      held.connected = true
      const rttMs = performance.now() - startMs
      settle({ kind: 'connected', socket, rttMs, wasGivenUp: () => held.givenUp })
    })
    socket.on('error', (error) => {
      if (held.connected || held.ended || this.#closed) return
      const code = errorCode(error)
      held.end()
      if ((code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL') && attempts > 1) {
        this.#attempt(pool, { destination, settle, attempts: attempts - 1 })
      } else {
        settle(judge(code, { rttMs: performance.now() - startMs, thisTurn, pool }))
      }
    })
  }
}

interface Attempt {
  readonly destination: Destination
  readonly settle: (result: ConnectResult | null) => void
  /** Ports left to try: other programs may hold some, or rest in TIME_WAIT to this target. */
  readonly attempts: number
}

interface Pool {
  readonly first: number
  readonly last: number
  next: number
  /** By local port, the oldest first. */
  readonly held: Map<number, Held>
}

interface Held {
  connected: boolean
  ended: boolean
  givenUp: boolean
  end(): void
  giveUp(): void
}

/** In turn, so that a port rests as long as possible; the oldest gives way when none is free. */
function takePort(pool: Pool): number {
  const count = pool.last - pool.first + 1
  if (pool.held.size >= count) pool.held.values().next().value?.giveUp()
  while (pool.held.has(pool.next)) pool.next = following(pool)
  const port = pool.next
  pool.next = following(pool)
  return port
}

function following(pool: Pool): number {
  return pool.next === pool.last ? pool.first : pool.next + 1
}

function holdPort(
  pool: Pool,
  port: number,
  { socket, settle }: { socket: Socket; settle: (silence: null) => void },
): Held {
  const held: Held = {
    connected: false,
    ended: false,
    givenUp: false,
    giveUp: () => {
      held.givenUp = true
      held.end()
      settle(null)
    },
    end: () => {
      if (held.ended) return
      held.ended = true
      clearTimeout(timer)
      pool.held.delete(port)
      // Before it is connected, Node would put a reset off until it is.
      if (held.connected) socket.resetAndDestroy()
      else socket.destroy()
    },
  }
  const timer = setTimeout(held.giveUp, memoryMs)
  socket.once('close', held.end)
  pool.held.set(port, held)
  return held
}

/**
 * Node connects in one tick and emits the kernel's refusal in the next: both come before the event
 * loop turns and reads from the network.
 */
function afterTicks(ticks: number, then: () => void): void {
  process.nextTick(() => {
    if (ticks > 1) afterTicks(ticks - 1, then)
    else then()
  })
}

/** What the kernel refuses without sending, it refuses in the turn of the call. */
function judge(
  code: string,
  { rttMs, thisTurn, pool }: { rttMs: number; thisTurn: boolean; pool: Pool },
): ConnectResult {
  if (code === 'ECONNREFUSED') return { kind: 'closed_port', rttMs }
  if (code === 'EADDRINUSE') {
    const reason = `other programs hold all TCP ports from ${pool.first} to ${pool.last}`
    return { kind: 'unsent', reason }
  }
  if (thisTurn || !fromTheNetwork.has(code)) return { kind: 'unsent', reason: sendFailure(code) }
  return { kind: 'refused', reason: `on the way to the target: ${sendFailure(code)}` }
}

const fromTheNetwork: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOPROTOOPT',
  'EPROTO',
])
