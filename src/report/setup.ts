/** What the web page asks for once: the options as carried out, and what the host offers. */
import type { Capabilities } from '../model/host.ts'
import type { DefaultPolicySettings, Matcher, PolicySettings, Settings } from '../model/settings.ts'
import type { FoundInterface, Setup, SetupPolicy } from '../model/setup.ts'
import type { Uplink } from '../network/uplinks.ts'
import { suggestWans } from './found.ts'
import { publishedCapabilities } from './snapshot.ts'

export interface SetupInput {
  readonly version: string
  readonly settings: Settings
  readonly observing: readonly string[]
  readonly interfaces: readonly FoundInterface[]
  readonly uplinks: readonly Uplink[]
  readonly capabilities: Capabilities
  readonly advice: readonly string[]
}

export function composeSetup(input: SetupInput): Setup {
  const { version, settings, observing, interfaces, uplinks, advice } = input
  const capabilities = publishedCapabilities(input.capabilities)
  const names = ['nft', 'ct_mark', 'conntrack', 'multipath', 'forwarding'] as const
  return {
    version,
    observing,
    found: { interfaces, suggestion: suggestWans(interfaces) },
    wans: settings.wans.map(({ name, metered, table, index, gateway, ...wan }) => ({
      name,
      metered,
      table,
      gateway: uplinks[index]?.gateway ?? (gateway === 'auto' ? null : gateway),
      interface: uplinks[index]?.link ?? wan.interface,
    })),
    policies: [...settings.policies.map(policy), defaultPolicy(settings.defaultPolicy)],
    test_minutes: settings.testFailover.durationMs / 60_000,
    grade: names.map((capability) => ({ capability, there: capabilities[capability] })),
    advice,
  }
}

function policy({ name, from, to, protocol, ports, use }: PolicySettings): SetupPolicy {
  const ranges = ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return { name, from: from.map(client), to, protocol, ports: ranges, use }
}

function defaultPolicy({ use }: DefaultPolicySettings): SetupPolicy {
  return { name: 'default', from: ['all'], to: [], protocol: 'any', ports: [], use }
}

function client(matcher: Matcher): string {
  switch (matcher.kind) {
    case 'address':
      return matcher.cidr
    case 'mac':
      return matcher.mac
    case 'host':
    case 'all':
      return matcher.kind
  }
}
