/**
 * The server's service: makes the machine as its settings want it, answers the hello, and has nft
 * copy what goes to a house by two lines. WireGuard and nft carry the packets, with this program or
 * without it; where it is away, a house's packets go one way until it is back. One loop, in which
 * everything is done; a callback only takes note and wakes it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { helloKeyOf } from '../kernel/tunnels/hello-key.ts'
import type { Log } from '../model/log.ts'
import { endpointText } from '../model/tunnel/endpoint.ts'
import { HelloDesk } from './hello/hello-desk.ts'
import type { HelloSockets, HelloSocketsParts } from './hello/hello-sockets.ts'
import { ProvenAddresses, type Twins } from './hello/proven-addresses.ts'
import { isWithin, type ReadSettings, type ServerSettings } from './houses/server-settings.ts'
import type { ServerNetwork } from './network/server-network.ts'
import { twinScript } from './network/twin-elements.ts'
import { wantedNetwork } from './network/wanted-network.ts'

export interface ServerDaemonParts {
  readonly readSettings: () => Promise<ReadSettings>
  readonly network: ServerNetwork
  readonly openSockets: (parts: HelloSocketsParts) => Promise<HelloSockets>
  /** Random, of this process alone. */
  readonly secret: Uint8Array
  readonly nowMs: () => number
  readonly log: Log
}

export class ServerDaemon {
  readonly #parts: ServerDaemonParts
  readonly #addresses = new ProvenAddresses()
  readonly #desk: HelloDesk
  #settings: ServerSettings | null = null
  /** What nft was last told of; null: nft has to be made anew. */
  #told: string | null = null
  #toldOf: readonly Twins[] = []
  #applied: string | null = null
  #complaint: string | null = null
  #wrong: string | null = null
  #wakeUp = new AbortController()
  #toRead = true
  #ending = false

  constructor(parts: ServerDaemonParts) {
    this.#parts = parts
    this.#desk = new HelloDesk({ secret: parts.secret, addresses: this.#addresses })
  }

  /** Until `stop`; then the machine is as it was. Resolves with what could not be taken away. */
  async run(): Promise<readonly string[]> {
    const sockets = await this.#parts.openSockets({
      onQuestion: (bytes, from) => this.#desk.answer(bytes, from, this.#parts.nowMs()),
      onInside: (bytes, address) => this.#takeBack(bytes, address),
      log: this.#parts.log,
    })
    while (!this.#ending) {
      const pause = new AbortController()
      this.#wakeUp = pause
      await this.#round(sockets)
      await sleep(leastPauseMs)
      await sleep(this.#pauseMs(), null, { signal: pause.signal }).catch(() => undefined)
    }
    sockets.close()
    return await this.#parts.network.takeAway()
  }

  /** The settings were written anew. */
  readAgain(): void {
    this.#toRead = true
    this.#wakeUp.abort()
  }

  stop(): void {
    this.#ending = true
    this.#wakeUp.abort()
  }

  async #round(sockets: HelloSockets): Promise<void> {
    if (this.#toRead) await this.#read()
    const settings = this.#settings
    if (settings === null) return this.#complain(this.#wrong)
    const trouble = (await this.#set(settings, sockets)) ?? (await this.#tell())
    this.#complain(trouble ?? this.#wrong)
  }

  async #read(): Promise<void> {
    this.#toRead = false
    const read = await this.#parts.readSettings()
    this.#wrong = read.kind === 'wrong' ? `the settings stay as they were: ${read.reason}` : null
    if (read.kind === 'wrong') return
    this.#settings = read.settings
    this.#desk.admit(knownHouses(read.settings))
  }

  /** Where the settings, the uplink or nft are another since: the whole again. */
  async #set(settings: ServerSettings, sockets: HelloSockets): Promise<string | null> {
    const { network, log } = this.#parts
    const uplink = settings.uplink ?? (await network.uplink())
    if (uplink === null) return 'this machine has no default route now'
    const houseWords = knownHouses(settings).map(({ hello }) => hello.house)
    const from = { settings, uplink, helloPorts: sockets.ports, houseWords }
    const wanted = wantedNetwork(from)
    const whole = JSON.stringify([wanted, settings])
    if (whole === this.#applied && this.#told !== null) return null
    this.#applied = null
    const error =
      (await network.apply(wanted, settings)) ?? (await sockets.listenInside(wanted.inside))
    if (error !== null) return error
    this.#applied = whole
    this.#told = ''
    const houses = settings.houses.map(({ name }) => name).join(', ')
    log.info(`listening as ${settings.endpoint} on ${uplink}, for ${houses || 'no house yet'}`)
    return null
  }

  /** Also where nothing has changed: what nft holds runs out, and nft may have been emptied. */
  async #tell(): Promise<string | null> {
    const twins = this.#addresses.twins(this.#parts.nowMs())
    const error = await this.#parts.network.nft(twinScript(twins))
    if (error !== null) {
      this.#told = null
      return `${error}; it is made anew`
    }
    const told = JSON.stringify(twins)
    if (told !== this.#told) this.#report(twins)
    this.#told = told
    this.#toldOf = twins
    return null
  }

  #takeBack(bytes: Uint8Array, address: string): void {
    const house = this.#settings?.houses.find(({ addresses }) =>
      addresses.some((network) => isWithin(address, network)),
    )
    const nowMs = this.#parts.nowMs()
    if (house === undefined || !this.#desk.takeBack(bytes, house.name, nowMs)) return
    if (JSON.stringify(this.#addresses.twins(nowMs)) !== this.#told) this.#wakeUp.abort()
  }

  #report(twins: readonly Twins[]): void {
    const before = new Set(this.#toldOf.map(({ house }) => house))
    for (const { house, pair } of twins) {
      before.delete(house)
      const [one, other] = pair.map(({ address, port }) => endpointText({ host: address, port }))
      this.#parts.log.info(`${house} receives by ${one} and ${other}: each packet goes to both`)
    }
    for (const house of before) this.#parts.log.info(`${house} receives by one line`)
  }

  /** Each trouble once. */
  #complain(trouble: string | null): void {
    if (trouble !== null && trouble !== this.#complaint) this.#parts.log.error(trouble)
    if (trouble === null && this.#complaint !== null) this.#parts.log.info('everything is set up')
    this.#complaint = trouble
  }

  #pauseMs(): number {
    if (this.#complaint !== null) return againMs
    const endMs = this.#addresses.nextEndMs()
    const untilEndMs = endMs === null ? roundMs : endMs - this.#parts.nowMs()
    return Math.max(0, Math.min(roundMs, untilEndMs))
  }
}

/** Three within the life of what nft holds. */
const roundMs = 15_000
const againMs = 2_000
/** However often addresses change: nft isn't asked more than five times a second. */
const leastPauseMs = 200

function knownHouses({ private_key, houses }: ServerSettings) {
  return houses.map(({ name, public_key }) => ({
    name,
    hello: helloKeyOf(private_key, public_key),
  }))
}
