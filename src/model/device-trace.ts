/** What a house's devices leave behind on this host, before anybody puts it together. */
import type { Neighbour } from './host.ts'

export interface DeviceTraces {
  /** Of both families, whose MAC is known. */
  readonly neighbours: readonly Neighbour[]
  /** Those that are there now, by their own word; null: nobody could be asked. */
  readonly present: readonly Neighbour[] | null
  /** Links that clients may be on. */
  readonly clientLinks: readonly string[]
  readonly counted: readonly CountedDevice[]
  /** More devices pass than are counted. */
  readonly isFull: boolean
}

/** What an address has sent and got by one WAN, as far as it passed this machine. */
export interface CountedDevice {
  readonly wan: string
  readonly address: string
  readonly bytes: number
  /** How long ago it sent something. */
  readonly quietMs: number
}

/** What devices are called, each by what the source of a name knows of them. */
export interface DeviceNames {
  readonly byAddress: ReadonlyMap<string, string>
  readonly byMac: ReadonlyMap<string, string>
}
