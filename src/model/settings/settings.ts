/**
 * The validated options. `options/` builds them, everybody reads them, nobody changes them: inside
 * the program these types are true and complete, every default is filled in, durations are in ms.
 */
import type { ByFamily } from '../address.ts'
import type { ProbeMethod } from '../probe.ts'
import type { GivenLink, GivenWay } from '../uplink.ts'
import type { ForwardSettings, TunnelSettings } from './tunnel-settings.ts'

export interface Settings {
  /**
   * In order of preference, tunnels last, 8 at most; with fewer than 2 the daemon only observes.
   */
  readonly wans: readonly WanSettings[]
  /** In order, first match wins; the default policy is not among them. */
  readonly policies: readonly PolicySettings[]
  readonly defaultPolicy: DefaultPolicySettings
  readonly probe: ProbeSettings
  readonly failback: FailbackSettings
  /** Whether new connections avoid a WAN under suspicion; `auto`: but not to a metered one. */
  readonly sidestep: 'auto' | 'always' | 'off'
  /** `auto`: what a dead line's resolver is asked goes to one that answers. */
  readonly dnsRescue: 'auto' | 'off'
  /** The other one of our boxes that serves the same house; null: this one is alone. */
  readonly pair: PairSettings | null
  readonly nat: 'auto' | 'always' | 'never'
  readonly testFailover: TestFailoverSettings
  readonly onStop: 'restore' | 'keep'
  /** What begins outside and goes to a device, first match wins; left out: nothing. */
  readonly forwards?: readonly ForwardSettings[]
  readonly mqtt: MqttSettings
  /** Home Assistant notify services, as `notify.mobile_app_phone`. */
  readonly notify: readonly string[]
  readonly web: WebSettings
  readonly logLevel: LogLevel
}

export interface WanSettings {
  readonly name: string
  /** Position in `wans`, from 0; marks, priorities and ports derive from it. */
  readonly index: number
  readonly ways: ByFamily<GivenWay>
  /** null: the link that leads to the gateway. Never null where no address of one is given. */
  readonly interface: GivenLink | null
  readonly table: number
  readonly metered: boolean
  /** Per billing month; 0 is no cap. */
  readonly capMb: number
  readonly billingDay: number
  readonly weight: number
  readonly inbound: 'open' | 'established'
  /** Its own, in place of those of `probe`; a family without any has the ones of `probe`. */
  readonly targets: ByFamily<readonly string[]>
  /** It is a tunnel, and rides on others; left out: it is a line. */
  readonly tunnel?: TunnelSettings
}

export interface PolicySettings {
  readonly name: string
  readonly from: readonly Matcher[]
  /** CIDRs; empty matches every destination. */
  readonly to: readonly string[]
  readonly protocol: 'any' | 'tcp' | 'udp' | 'icmp'
  /** Destination ports, empty for all. */
  readonly ports: readonly PortRange[]
  /** WAN names in order of preference; empty means no Internet (`[none]` in the options). */
  readonly use: readonly string[]
  readonly balance: boolean
  readonly overCap: boolean
  /** What becomes of its running flows at a failback; left out: as `failback.mode` says. */
  readonly failback?: 'graceful' | 'immediate'
}

/** Who a policy or a test is for. `address` holds one address or a CIDR, canonical. */
export type Matcher =
  | { readonly kind: 'address'; readonly cidr: string }
  | { readonly kind: 'mac'; readonly mac: string }
  | { readonly kind: 'host' }
  | { readonly kind: 'all' }

export interface PortRange {
  readonly first: number
  readonly last: number
}

export interface DefaultPolicySettings {
  /** WAN names in order; every WAN where the option was left out, empty for `[none]`. */
  readonly use: readonly string[]
  readonly balance: boolean
}

export interface ProbeSettings {
  readonly targets: ByFamily<readonly string[]>
  readonly methods: readonly ProbeMethod[]
  readonly dnsName: string
  readonly tcpPort: number
  readonly httpUrl: string
  readonly intervalMs: number
  readonly meteredIntervalMs: number
  readonly timeoutMs: number
  readonly downAfter: number
  readonly upAfter: number
  readonly maxLossPercent: number
  readonly maxLatencyMs: number
}

export interface FailbackSettings {
  readonly delayMs: number
  readonly mode: 'graceful' | 'immediate'
  readonly maxHoldDownMs: number
}

export interface PairSettings {
  /** The clients' gateway, which the serving box has beside its own address. */
  readonly address: string
  readonly prefixLength: number
  /** Link-local; null: none. */
  readonly address6: string | null
  /** null: the link in whose network the address is. */
  readonly interface: GivenLink | null
  /** The other box; null: whoever is in the group, by multicast. */
  readonly peer: string | null
  readonly role: 'first' | 'second'
  /** The virtual router id. */
  readonly group: number
  readonly advertMs: number
}

export interface TestFailoverSettings {
  readonly durationMs: number
  /** Only these move during a test; empty means all. */
  readonly devices: readonly Matcher[]
}

export interface MqttSettings {
  /** null: ask the Supervisor; without one there is no MQTT. */
  readonly host: string | null
  readonly port: number
  readonly username: string | null
  readonly password: string | null
  readonly tls: MqttTlsSettings | null
  readonly baseTopic: string
}

export interface MqttTlsSettings {
  /** PEM file of the certificate authority; null trusts the system's. */
  readonly caFile: string | null
  /** false accepts any certificate: for a broker with a self-signed one. */
  readonly verify: boolean
}

/** The page where there is no Supervisor; below one, ingress says where it is. */
export interface WebSettings {
  /** 0: no page. */
  readonly port: number
  /** null: this host alone may ask; else everybody who knows it. */
  readonly token: string | null
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
