/** Sound options to the settings that the program reads: names, units and defaults by position. */
import { byFamily } from '../model/address.ts'
import type {
  Matcher,
  MqttSettings,
  PairSettings,
  PolicySettings,
  ProbeSettings,
  Settings,
  WanSettings,
} from '../model/settings/settings.ts'
import { familyOf } from './schema/addresses.ts'
import type { Options, PolicyOptions, WanOptions } from './schema/options-schema.ts'
import { mergePorts } from './schema/ports.ts'
import { tableByPosition } from './table-by-position.ts'
import { toForward, toTunnelWan } from './to-tunnel.ts'

export function toSettings(options: Options): Settings {
  const wans = options.wans.map(toWan)
  const everyWan = wans.map(({ name }) => name)
  // The form leaves an empty list where the last entry was taken away again.
  const given = options.default_policy.use ?? []
  return {
    wans: [...wans, ...options.tunnels.map((tunnel, i) => toTunnelWan(tunnel, i, wans))],
    policies: options.policies.map(toPolicy),
    defaultPolicy: {
      use: given.length === 0 ? everyWan : given.filter(isWan),
      balance: options.default_policy.balance,
    },
    probe: toProbe(options.probe),
    failback: {
      delayMs: toMs(options.failback.delay),
      mode: options.failback.mode,
      maxHoldDownMs: toMs(options.failback.max_hold_down),
    },
    sidestep: options.sidestep,
    dnsRescue: options.dns_rescue,
    pair: toPair(options.pair),
    nat: options.nat,
    testFailover: {
      durationMs: toMs(options.test_failover.minutes * 60),
      devices: options.test_failover.devices.map(toMatcher),
    },
    onStop: options.on_stop,
    ...(options.forwards.length === 0 ? {} : { forwards: options.forwards.map(toForward) }),
    mqtt: toMqtt(options.mqtt),
    notify: options.notify,
    web: { port: options.web.port, token: options.web.token ?? null },
    logLevel: options.log_level,
  }
}

function toWan(wan: WanOptions, index: number): WanSettings {
  return {
    name: wan.name,
    index,
    ways: { ipv4: wan.gateway, ipv6: wan.gateway6 },
    interface: wan.interface ?? null,
    table: wan.table ?? tableByPosition(index),
    metered: wan.metered,
    capMb: wan.cap_mb,
    billingDay: wan.billing_day,
    weight: wan.weight,
    inbound: wan.inbound,
    targets: byFamily((family) => wan.targets.filter((target) => familyOf(target) === family)),
  }
}

function toPolicy(policy: PolicyOptions): PolicySettings {
  return {
    name: policy.name,
    from: policy.from.map(toMatcher),
    to: policy.to,
    protocol: policy.protocol,
    ports: mergePorts(policy.ports),
    use: policy.use.filter(isWan),
    balance: policy.balance,
    overCap: policy.over_cap,
    ...(policy.failback === undefined ? {} : { failback: policy.failback }),
  }
}

function toMatcher(client: string): Matcher {
  if (client === 'host' || client === 'all') return { kind: client }
  if (/^([\da-f]{2}:){5}[\da-f]{2}$/.test(client)) return { kind: 'mac', mac: client }
  return { kind: 'address', cidr: client }
}

function toProbe(probe: Options['probe']): ProbeSettings {
  return {
    targets: { ipv4: probe.targets, ipv6: probe.targets6 },
    methods: probe.methods,
    dnsName: probe.dns_name,
    tcpPort: probe.tcp_port,
    httpUrl: probe.http_url,
    intervalMs: toMs(probe.interval),
    meteredIntervalMs: toMs(probe.metered_interval),
    timeoutMs: toMs(probe.timeout),
    downAfter: probe.down_after,
    upAfter: probe.up_after,
    maxLossPercent: probe.max_loss_percent,
    maxLatencyMs: probe.max_latency_ms,
  }
}

function toPair(pair: Options['pair']): PairSettings | null {
  const { address, address6 = null, peer = null, role, group, speed } = pair
  if (address === undefined) return null
  const advertMs = speed === 'fast' ? 100 : 300
  const [shared = '', prefixLength] = address.split('/')
  return {
    address: shared,
    prefixLength: Number(prefixLength),
    address6,
    interface: pair.interface ?? null,
    ...{ peer, role, group, advertMs },
  }
}

function toMqtt(mqtt: Options['mqtt']): MqttSettings {
  return {
    host: mqtt.host ?? null,
    port: mqtt.port ?? (mqtt.tls ? 8883 : 1883),
    username: mqtt.username ?? null,
    password: mqtt.password ?? null,
    tls: mqtt.tls ? { caFile: mqtt.tls_ca_file ?? null, verify: mqtt.tls_verify } : null,
    baseTopic: mqtt.base_topic,
  }
}

/** `none` stands alone in its list: without it, the list is empty. */
function isWan(name: string): boolean {
  return name !== 'none'
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000)
}
