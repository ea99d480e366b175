/** IPv6 of a seed: whether both lines have it, and when it fails alone. */
import { settingsOf } from '../../examples/settings-of.ts'
import { Random } from '../../random.ts'
import type { Topology } from '../world/topologies.ts'
import type { Step } from './fault.ts'

/** By random sequences of their own: a seed's other faults stay what they were. */
export function withIpv6(seed: number, topology: Topology): Topology {
  const [, hotspot] = topology.places
  const learns = topology.settings.wans.every(({ ways }) => ways.ipv4.kind === 'learned')
  if (!learns || hotspot === undefined || new Random(seed ^ 0x1196).chance(0.4)) return topology
  const { onStop } = topology.settings
  const { wans } = settingsOf(`
wans:
  - { name: cable, gateway: auto, gateway6: auto, interface: eth0 }
  - { name: hotspot, gateway: auto, gateway6: auto, interface: wlan0 }
on_stop: ${onStop}
`)
  return {
    ...topology,
    name: `${topology.name} with IPv6`,
    settings: { ...topology.settings, wans },
    places: topology.places.map((place) =>
      place === hotspot ? { ...place, gateway6: '2001:db8:2::1' } : place,
    ),
    links: {
      ...topology.links,
      [hotspot.link]: [...(topology.links[hotspot.link] ?? []), '2001:db8:2::10/64'],
    },
  }
}

/** Added to the others in their order. */
export function ipv6Steps(seed: number, { places }: Topology, lengthMs: number): Step[] {
  const random = new Random(seed ^ 0x19f6)
  const lines = places.filter(({ gateway6 }) => gateway6 !== null)
  const steps: Step[] = []
  if (lines.length === 0) return steps
  let atMs = random.between(10_000, 60_000)
  while (atMs < lengthMs - 120_000) {
    const { index: wan } = random.pick(lines)
    const durationMs = Math.round(random.pick([random.between(50, 900), random.between(2e3, 6e4)]))
    steps.push({ atMs: Math.round(atMs), durationMs, fault: { kind: 'ipv6_silent', wan } })
    atMs += random.between(5_000, 120_000)
  }
  return steps
}
