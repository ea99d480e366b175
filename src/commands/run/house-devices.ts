import type { DaemonView } from '../../daemon/daemon.ts'
import { NameBook } from '../../devices/name-book.ts'
import { readDevices } from '../../kernel/reading/read-devices.ts'
import type { Log } from '../../model/log.ts'
import type { Devices } from '../../model/published/devices.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { composeDevices, deviceAddresses } from '../../report/devices/compose-devices.ts'
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
    const traces = await readDevices({ wans, links: host.links, log })
    const here = host.addresses
      .filter(({ family, link, usable }) => {
        return family === 'ipv4' && usable && traces.clientLinks.includes(link)
      })
      .map(({ address }) => address)
    const addresses = deviceAddresses({ host, uplinks, traces })
    const names = await this.#names.look({ addresses, here })
    const wallMs = Date.now()
    return composeDevices({ settings, uplinks, host, routed, traces, names, maker, wallMs })
  }
}

/** Nobody knows yet. */
const maker = (): string | null => null
