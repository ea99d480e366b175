import type { DaemonView } from '../../daemon/daemon.ts'
import { NameBook } from '../../devices/name-book.ts'
import { clientLinks } from '../../kernel/reading/client-links.ts'
import { readDevices } from '../../kernel/reading/read-devices.ts'
import { searchedLinks } from '../../lines/searched-links.ts'
import type { HostState, Neighbour } from '../../model/host.ts'
import type { SearchedLink } from '../../model/line-search.ts'
import type { Log } from '../../model/log.ts'
import type { Devices } from '../../model/published/devices.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { hearNeighbours } from '../../probe/lines/hear-neighbours.ts'
import { loadMakers } from '../../probe/makers/maker-names.ts'
import { composeDevices, deviceAddresses } from '../../report/devices/compose-devices.ts'
import { houseAddresses } from '../../report/devices/house-addresses.ts'
import type { DeviceFinder } from '../../web/devices-routes.ts'

export interface HouseParts {
  readonly settings: Settings
  readonly log: Log
  /** null: the host hasn't been read yet. */
  readonly view: () => DaemonView | null
}

/** Looks when somebody asks, once for all who ask meanwhile; nothing of it goes anywhere else. */
export class HouseDevices implements DeviceFinder {
  readonly #parts: HouseParts
  readonly #names = new NameBook(() => performance.now())
  #heard: { readonly atMs: number; readonly present: readonly Neighbour[] | null } | null = null
  #looking: Promise<Devices | null> | null = null

  constructor(parts: HouseParts) {
    this.#parts = parts
  }

  find(): Promise<Devices | null> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #look(): Promise<Devices | null> {
    const { settings, log, view } = this.#parts
    const seen = view()
    if (seen === null) return null
    const { host, uplinks, routed } = seen
    const wans = settings.wans.map(({ name }) => name)
    const links = clientLinks(host.links)
    const here = houseAddresses(host, links)
      .filter(({ family }) => family === 'ipv4')
      .map(({ address }) => address)
    const [read, present] = await Promise.all([
      readDevices({ wans, log }),
      this.#hear(houseLinks(host, here)),
    ])
    const traces = { ...read, present, clientLinks: links }
    const addresses = deviceAddresses({ host, uplinks, traces })
    const [names, maker] = await Promise.all([this.#names.look({ addresses, here }), loadMakers()])
    const wallMs = Date.now()
    return composeDevices({ settings, uplinks, host, routed, traces, names, maker, wallMs })
  }

  /** Everybody is asked again after a minute. */
  async #hear(links: readonly SearchedLink[]): Promise<readonly Neighbour[] | null> {
    const nowMs = performance.now()
    if (this.#heard !== null && nowMs - this.#heard.atMs < heardForMs) return this.#heard.present
    const present = await hearNeighbours(links)
    this.#heard = { atMs: nowMs, present }
    return present
  }
}

function houseLinks(host: HostState, here: readonly string[]): readonly SearchedLink[] {
  return searchedLinks(host, [])
    .filter(({ mac }) => mac !== null)
    .map((link) => ({ ...link, subnets: link.subnets.filter(({ own }) => here.includes(own)) }))
    .filter(({ subnets }) => subnets.length > 0)
}

const heardForMs = 60_000
