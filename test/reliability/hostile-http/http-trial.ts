/**
 * The running daemon's page and broker, asked by the thousand as no honest program asks: it goes on,
 * commands nothing, gives nothing away, and neither its memory nor its descriptors grow with it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { brokerOf, House, optionsOf } from '../../lab/house/house.ts'
import { residentKb } from '../../lab/measure/command-flood.ts'
import type { Random } from '../../random.ts'
import { waitFor } from '../../wait-for.ts'
import { ask } from '../../web/ask.ts'
import { brokenText } from '../hostile/breaking.ts'
import { hostileRequest } from './hostile-requests.ts'

export const httpPort = 8_099
/** Of the broker, which asks nobody for it; no answer may tell it. */
const password = 'a-password-for-nobody'
/** README.md's bar for the daemon's memory is higher. */
const mostGrowthKb = 40_000
const mostMoreFiles = 20
/** What the page shows comes from the loop that also moves traffic. */
const answersWithinMs = 3_000

export class HttpTrial {
  readonly #house: House
  readonly #options: string
  #memoryKb = 0
  #files = 0

  private constructor(house: House) {
    this.#house = house
    this.#options = readFileSync(house.folder.optionsPath, 'utf8')
  }

  static async open(): Promise<HttpTrial> {
    const house = await House.open({ topology: 'one-subnet', withDaemon: false })
    const mqtt = { ...brokerOf(house.mqtt).mqtt, username: 'heating', password }
    house.folder.write({ ...optionsOf(house.lab.plan), mqtt })
    house.start()
    await house.waitUntilUp()
    const trial = new HttpTrial(house)
    // What is loaded with the first requests is no growth.
    await trial.#send(50, (i) => `GET /api/state?${i} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await trial.#isServed()
    trial.#memoryKb = residentKb(trial.#house.daemon.pid)
    trial.#files = trial.#openFiles
    return trial
  }

  /** So many requests at once; null, or what went wrong. */
  async tryRequests(count: number, random: Random): Promise<string | null> {
    const answers = await Promise.all(Array.from({ length: count }, () => this.#exchange(random)))
    const told = answers.find((text) => text.includes(password) || /root:.*:0:0:/.test(text))
    if (told !== undefined) return `it gave away ${told.slice(0, 300)}`
    const broken = answers.find((text) => /^HTTP\/1\.1 500/.test(text))
    if (broken !== undefined) return `it failed: ${broken.slice(0, 500)}`
    return await this.#problem()
  }

  /** So many connections, of which each begins a request and never ends it. */
  async tryConnections(count: number): Promise<string | null> {
    const sockets = Array.from({ length: count }, () => openSocket())
    for (const socket of sockets) {
      socket.write('POST /api/mode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{')
    }
    const problem = await this.#problem()
    for (const socket of sockets) socket.destroy()
    return problem
  }

  /** Texts on the topics of commands, and beside them. */
  async tryTopics(count: number, random: Random): Promise<string | null> {
    const topics = [
      'mode/set',
      'test_failover/set',
      'policy/default/set',
      'failback/set',
      'rest/set',
    ]
    for (let i = 0; i < count; i += 1) {
      const below = random.chance(0.7) ? '' : brokenText(random, 'x').replaceAll(/[+#\0]/g, '')
      const payload = `x${brokenText(random, '{"mode": "primary"}')}`
      const topic = `${random.pick(topics)}${below}`.slice(0, 1_000)
      await this.#house.mqtt.publish(topic, payload)
    }
    return await this.#problem()
  }

  /** Whether it came back to what it was; null, or what went wrong. */
  async cameBack(): Promise<string | null> {
    try {
      await waitFor(() => this.#openFiles <= this.#files + mostMoreFiles, {
        deadlineMs: 60_000,
        what: `descriptors to be ${this.#files} as before, not ${this.#openFiles}`,
      })
      const kb = residentKb(this.#house.daemon.pid) - this.#memoryKb
      return kb <= mostGrowthKb ? null : `its memory grew by ${kb} kB`
    } catch (error) {
      return (error as Error).message
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#house.close()
  }

  async #problem(): Promise<string | null> {
    const { daemon, mqtt, folder } = this.#house
    if (!daemon.running) return `the daemon has ended:\n${daemon.lines.slice(-5).join('\n')}`
    if (!(await this.#isServed())) return `a good request has no answer in ${answersWithinMs} ms`
    const { events } = mqtt
    if (events.length > 0) return `it has moved something: ${JSON.stringify(events[0])}`
    const { mode, test_failover: test } = mqtt.state() ?? {}
    if (mode !== 'automatic' || test?.on === true) return `it has obeyed: ${mode}`
    if (readFileSync(folder.optionsPath, 'utf8') !== this.#options) return 'options have changed'
    const failed = daemon.lines.find((line) => /(ERROR|FATAL):/.test(line))
    return failed === undefined ? null : `it says: ${failed}`
  }

  async #isServed(): Promise<boolean> {
    const headers = { host: 'localhost' }
    const isServed = async () =>
      (await ask({ port: httpPort, path: '/api/state', headers })).status === 200
    try {
      return await waitFor(isServed, { deadlineMs: answersWithinMs, what: 'the page' })
    } catch {
      return false
    }
  }

  async #send(count: number, text: (i: number) => string): Promise<void> {
    for (let i = 0; i < count; i += 1) await converse([Buffer.from(text(i))], 'waits')
  }

  #exchange(random: Random): Promise<string> {
    const { pieces, end } = hostileRequest(random)
    return converse(pieces, end)
  }

  get #openFiles(): number {
    return readdirSync(`/proc/${this.#house.daemon.pid}/fd`).length
  }
}

function openSocket(): Socket {
  const socket = connect(httpPort, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  return socket
}

/** What came until it ended, or until a second has passed; never an error. */
async function converse(pieces: readonly Buffer[], end: string): Promise<string> {
  const socket = openSocket()
  let text = ''
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  if (end === 'never reads') socket.pause()
  else {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(0, 100_000)
    })
  }
  for (const piece of pieces) {
    if (socket.destroyed) break
    const written = new Promise<void>((resolve) => socket.write(piece, () => resolve()))
    // Who reads no more never takes the rest.
    await Promise.race([written, ended, soon()])
  }
  if (end === 'half-closes') socket.end()
  if (end === 'resets') socket.resetAndDestroy()
  await Promise.race([ended, firstWords(socket), soon()])
  socket.destroy()
  return text
}

/** And what comes with them: a connection that is kept says nowhere that this was all. */
function firstWords(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('data', () => setTimeout(resolve, 30)))
}

/** Who never answers a broken request is within its rights. */
function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300))
}
