/**
 * What the house's devices are called, as far as this host can know: by its DHCP server, by its
 * hosts file, and by the devices themselves. Nobody outside is asked. It asks only when somebody
 * wants to know, and remembers for minutes what it heard, and who was silent.
 */
import type { DeviceNames } from '../model/device-trace.ts'
import { parseHosts } from './hosts-file.ts'
import { type Lease, readBounded, readLeases } from './lease-files.ts'
import { askByMdns, type MdnsQuestion, mostAsked } from './mdns-asker.ts'
import { readableName } from './readable-name.ts'

export interface NameSources {
  readonly leases: () => Promise<readonly Lease[]>
  readonly hosts: () => Promise<string | null>
  readonly ask: (question: MdnsQuestion) => Promise<ReadonlyMap<string, string>>
}

export class NameBook {
  readonly #nowMs: () => number
  readonly #sources: NameSources
  /** What each said last; the oldest first. */
  readonly #heard = new Map<string, { readonly atMs: number; readonly name: string | null }>()

  constructor(nowMs: () => number, sources: NameSources = systemSources) {
    this.#nowMs = nowMs
    this.#sources = sources
  }

  /** What a DHCP server was told comes before what the device says, and that before the file. */
  async look({ addresses, here }: MdnsQuestion): Promise<DeviceNames> {
    const [leases, hosts] = await Promise.all([this.#sources.leases(), this.#sources.hosts()])
    const byAddress = new Map(hosts === null ? [] : parseHosts(hosts))
    const byMac = new Map<string, string>()
    const leased = new Map<string, string>()
    for (const { address, mac, name } of leases) {
      const readable = readableName(name)
      if (readable === null) continue
      leased.set(address, readable)
      if (mac !== null) byMac.set(mac, readable)
    }
    const unnamed = addresses.filter((address) => !leased.has(address) && !address.includes(':'))
    await this.#ask({ addresses: unnamed, here })
    for (const address of unnamed) {
      const name = this.#heard.get(address)?.name ?? null
      if (name !== null) byAddress.set(address, name)
    }
    for (const [address, name] of leased) byAddress.set(address, name)
    return { byAddress, byMac }
  }

  async #ask({ addresses, here }: MdnsQuestion): Promise<void> {
    const nowMs = this.#nowMs()
    const isDue = (address: string) => {
      const heard = this.#heard.get(address)
      return heard === undefined || nowMs - heard.atMs > rememberedMs
    }
    // A house of more devices has its names in several looks.
    const due = addresses.filter(isDue).slice(0, mostAsked)
    if (due.length === 0) return
    const names = await this.#sources.ask({ addresses: due, here })
    for (const address of due) {
      this.#heard.delete(address)
      this.#heard.set(address, { atMs: nowMs, name: names.get(address) ?? null })
    }
    for (const address of this.#heard.keys()) {
      if (this.#heard.size <= mostRemembered) break
      this.#heard.delete(address)
    }
  }
}

const systemSources: NameSources = {
  leases: () => readLeases(),
  hosts: () => readBounded('/etc/hosts'),
  ask: askByMdns,
}

const rememberedMs = 5 * 60_000
const mostRemembered = 1_024
