/** Settings as the options that a user would write for them; the way back from `parseOptions`. */
import { stringify } from 'yaml'
import { linkText, matcherText, portsText } from '../../src/model/settings/setting-text.ts'
import type {
  PairSettings,
  PolicySettings,
  Settings,
  WanSettings,
} from '../../src/model/settings/settings.ts'
import { wayText } from '../../src/options/schema/gateways.ts'

export function printOptions(settings: Settings): string {
  const { defaultPolicy, failback, testFailover } = settings
  return stringify({
    wans: settings.wans.map(wan),
    policies: settings.policies.map(policy),
    default_policy: { use: use(defaultPolicy.use), balance: defaultPolicy.balance },
    probe: probe(settings.probe),
    failback: {
      delay: failback.delayMs / 1000,
      mode: failback.mode,
      max_hold_down: failback.maxHoldDownMs / 1000,
    },
    sidestep: settings.sidestep,
    dns_rescue: settings.dnsRescue,
    pair: settings.pair && pair(settings.pair),
    nat: settings.nat,
    test_failover: {
      minutes: testFailover.durationMs / 60_000,
      devices: testFailover.devices.map(matcherText),
    },
    on_stop: settings.onStop,
    mqtt: mqtt(settings.mqtt),
    notify: settings.notify,
    log_level: settings.logLevel,
    web: settings.web,
  })
}

function wan(settings: WanSettings): object {
  return {
    name: settings.name,
    gateway: wayText(settings.ways.ipv4, 'ipv4'),
    gateway6: wayText(settings.ways.ipv6, 'ipv6'),
    interface: settings.interface && linkText(settings.interface),
    table: settings.table,
    metered: settings.metered,
    cap_mb: settings.capMb,
    billing_day: settings.billingDay,
    weight: settings.weight,
    inbound: settings.inbound,
    targets: Object.values(settings.targets).flat(),
  }
}

function policy(settings: PolicySettings): object {
  return {
    name: settings.name,
    from: settings.from.map(matcherText),
    to: settings.to,
    protocol: settings.protocol,
    ports: settings.ports.map(portsText),
    use: use(settings.use),
    balance: settings.balance,
    over_cap: settings.overCap,
    ...(settings.failback === undefined ? {} : { failback: settings.failback }),
  }
}

function probe(settings: Settings['probe']): object {
  return {
    targets: settings.targets.ipv4,
    targets6: settings.targets.ipv6,
    methods: settings.methods,
    dns_name: settings.dnsName,
    tcp_port: settings.tcpPort,
    http_url: settings.httpUrl,
    interval: settings.intervalMs / 1000,
    metered_interval: settings.meteredIntervalMs / 1000,
    timeout: settings.timeoutMs / 1000,
    down_after: settings.downAfter,
    up_after: settings.upAfter,
    max_loss_percent: settings.maxLossPercent,
    max_latency_ms: settings.maxLatencyMs,
  }
}

function pair({ address, prefixLength, advertMs, ...others }: PairSettings): object {
  return {
    ...others,
    address: `${address}/${prefixLength}`,
    interface: others.interface && linkText(others.interface),
    speed: advertMs === 100 ? 'fast' : 'normal',
  }
}

function mqtt(settings: Settings['mqtt']): object {
  return {
    host: settings.host,
    port: settings.port,
    username: settings.username,
    password: settings.password,
    tls: settings.tls !== null,
    tls_ca_file: settings.tls?.caFile ?? null,
    tls_verify: settings.tls?.verify ?? null,
    base_topic: settings.baseTopic,
  }
}

function use(names: readonly string[]): readonly string[] {
  return names.length === 0 ? ['none'] : names
}
