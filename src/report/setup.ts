/** What the web page asks for once: the options as carried out, and what the host offers. */
import { families } from '../model/address.ts'
import type { Capabilities } from '../model/host.ts'
import type { FoundInterface, Setup, SetupPolicy } from '../model/published/setup.ts'
import { linkText, matcherText, portsText } from '../model/settings/setting-text.ts'
import type { DefaultPolicySettings, PolicySettings, Settings } from '../model/settings/settings.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
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
    wans: settings.wans.map(({ name, metered, table, index, ways, ...wan }) => {
      const uplink = uplinks[index]
      const given = ways.ipv4.kind === 'address' ? ways.ipv4.address : null
      const named = wan.interface === null ? null : linkText(wan.interface)
      const gateway = uplink === undefined ? given : (gatewayOf(uplink, 'ipv4') ?? given)
      const targets = families.flatMap((family) => targetsOf(wan, settings.probe)[family])
      return { name, metered, table, gateway, interface: uplink?.link ?? named, targets }
    }),
    policies: [...settings.policies.map(policy), defaultPolicy(settings.defaultPolicy)],
    test_minutes: settings.testFailover.durationMs / 60_000,
    sidestep: settings.sidestep,
    dns_rescue: settings.dnsRescue,
    grade: names.map((capability) => ({ capability, there: capabilities[capability] })),
    advice,
  }
}

function policy(given: PolicySettings): SetupPolicy {
  const { name, from, to, protocol, ports, use, failback } = given
  const whom = { name, from: from.map(matcherText), to, protocol, ports: ports.map(portsText) }
  return { ...whom, use, ...(failback === undefined ? {} : { failback }) }
}

function defaultPolicy({ use }: DefaultPolicySettings): SetupPolicy {
  return { name: 'default', from: ['all'], to: [], protocol: 'any', ports: [], use }
}
