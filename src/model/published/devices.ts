/**
 * The devices of the house, as the web page gets them: `api/devices`. The names are public; a key
 * may be added, never renamed. They go to the page that asks, and nowhere else.
 */
export interface Devices {
  /** Those that pass this machine first, by their bytes; then the others, by address. */
  readonly devices: readonly Device[]
  /** There are more than are listed, or than are counted. */
  readonly truncated: boolean
}

export interface Device {
  /** Its IPv4 address where it has one: with it others find it. */
  readonly address: string
  readonly mac: string | null
  readonly maker: string | null
  readonly name: string | null
  /** Its traffic passes this machine. */
  readonly through: boolean
  /** By WAN, both ways, as far as it passes this machine. */
  readonly bytes: Readonly<Record<string, number>>
  /** What the options say of it, `default` where no policy means it. */
  readonly policy: string | null
  /**
   * The policies that mean it by a network, or mean everybody, in their order: no entry of its own
   * puts it into one that stands behind these.
   */
  readonly meant_by: readonly string[]
  /** Its new connections leave by it; null: by none, or they don't pass this machine. */
  readonly wan: string | null
  /** ISO 8601, when it last sent something through this machine; null: not lately. */
  readonly last_seen: string | null
  /** The gateway that it uses, where that is certain. */
  readonly gateway: string | null
  /** This machine's address in its network: what its gateway has to be. */
  readonly here: string | null
}
