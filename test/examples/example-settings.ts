import type { Family } from '../../src/model/address.ts'
import type { PolicySettings, Settings, WanSettings } from '../../src/model/settings/settings.ts'
import type { GivenLink, GivenWay } from '../../src/model/uplink.ts'

/** What differs of a WAN, its gateways as the options write them. */
export type WanChanges = Partial<Omit<WanSettings, 'interface'>> & {
  readonly gateway?: string
  readonly gateway6?: string
  readonly interface?: string
}

/** The WAN at this position, on the subnet of the clients: the only place that builds one. */
export function exampleWan(
  index: number,
  { gateway = `192.168.0.${index + 1}`, gateway6 = 'none', ...others }: WanChanges = {},
): WanSettings {
  const { interface: given, ...changes } = others
  return {
    name: ['primary', 'secondary', 'third'][index] ?? `wan${index}`,
    index,
    ways: { ipv4: givenWay(gateway, 'ipv4'), ipv6: givenWay(gateway6, 'ipv6') },
    interface: given === undefined ? null : givenLink(given),
    table: 100 + index,
    metered: false,
    capMb: 0,
    billingDay: 1,
    weight: 1,
    inbound: 'open',
    targets: { ipv4: [], ipv6: [] },
    ...changes,
  }
}

export function examplePolicy(name: string, use: readonly string[]): PolicySettings {
  const to = { to: [], protocol: 'any', ports: [] } as const
  return { name, from: [{ kind: 'all' }], ...to, use, balance: false, overCap: false }
}

/** Two WANs and every default, unless told otherwise; the default policy may use all of them. */
export function exampleSettings(changes: Partial<Settings> = {}): Settings {
  const wans = changes.wans ?? [exampleWan(0), exampleWan(1)]
  return {
    wans,
    policies: [],
    defaultPolicy: { use: wans.map(({ name }) => name), balance: false },
    probe: {
      targets: {
        ipv4: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
        ipv6: ['2606:4700:4700::1111', '2001:4860:4860::8888'],
      },
      methods: ['icmp', 'dns'],
      dnsName: 'dns.google',
      tcpPort: 443,
      httpUrl: 'http://connectivitycheck.gstatic.com/generate_204',
      intervalMs: 1_000,
      meteredIntervalMs: 30_000,
      timeoutMs: 1_000,
      downAfter: 3,
      upAfter: 5,
      maxLossPercent: 20,
      maxLatencyMs: 500,
    },
    failback: { delayMs: 30_000, mode: 'graceful', maxHoldDownMs: 300_000 },
    sidestep: 'auto',
    dnsRescue: 'auto',
    pair: null,
    nat: 'auto',
    testFailover: { durationMs: 600_000, devices: [] },
    onStop: 'restore',
    mqtt: {
      host: null,
      port: 1883,
      username: null,
      password: null,
      tls: null,
      baseTopic: 'wan_failover',
    },
    notify: [],
    web: { port: 8099, token: null },
    logLevel: 'info',
    ...changes,
  }
}

function givenLink(text: string): GivenLink {
  return text.includes(':') ? { kind: 'mac', mac: text } : { kind: 'name', name: text }
}

function givenWay(text: string, family: Family): GivenWay {
  if (text === 'link' || (text === 'none' && family === 'ipv4')) return { kind: 'link' }
  if (text === 'none') return { kind: 'none' }
  return text === 'auto' ? { kind: 'learned' } : { kind: 'address', address: text }
}
