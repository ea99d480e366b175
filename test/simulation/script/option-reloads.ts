/** Houses of a seed whose options change while the daemon runs: WANs come, go and change places. */
import { tableByPosition } from '../../../src/options/table-by-position.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { Random } from '../../random.ts'
import type { Place, Topology } from '../world/topologies.ts'
import type { Fault, Step } from './fault.ts'

type Options = Pick<Extract<Fault, { kind: 'options' }>, 'wans' | 'use'>

/** By random sequences of their own: a seed's other faults stay what they were. */
export function hasReloads(seed: number): boolean {
  return new Random(seed ^ 0x4e10ad).chance(0.4)
}

/** With a third line, so that one may go and two are left. */
export function withSpareLine(seed: number, topology: Topology): Topology {
  if (!hasReloads(seed) || topology.places.length > 2) return topology
  const [first] = topology.places
  const spare = first?.shared === true ? sameSubnet(first) : ownCard
  const { place, text, links } = spare
  const { settings } = topology
  const wans = settingsOf(`wans: [${text}]`).wans.map((wan) => ({
    ...wan,
    ...{ index: place.index, table: place.table },
  }))
  const { defaultPolicy } = settings
  return {
    ...topology,
    name: `${topology.name} and a spare line`,
    settings: {
      ...settings,
      wans: [...settings.wans, ...wans],
      defaultPolicy: { ...defaultPolicy, use: [...defaultPolicy.use, place.name] },
    },
    places: [...topology.places, place],
    links: { ...topology.links, ...links },
  }
}

export function reloadSteps(seed: number, { places }: Topology, lengthMs: number): Step[] {
  if (!hasReloads(seed)) return []
  const random = new Random(seed ^ 0x0b71045)
  const steps: Step[] = []
  let atMs = random.between(15_000, 90_000)
  while (atMs < lengthMs - 60_000) {
    const fault = { kind: 'options', ...randomOptions(random, places) } as const
    steps.push({ atMs: Math.round(atMs), durationMs: 0, fault })
    atMs += random.pick([random.between(500, 9_000), random.between(30_000, 240_000)])
  }
  return steps
}

/** What the house is by these options. */
export function withOptions(house: Topology, { wans, use }: Options): Topology {
  const places = wans.map((number, index) => placeAt(index, placeOf(house, number)))
  const names = places.map(({ name }) => name)
  const { settings } = house
  return {
    ...house,
    places,
    settings: {
      ...settings,
      wans: places.flatMap(({ name, index, table }) =>
        settings.wans
          .filter((wan) => wan.name === name)
          .map((wan) => ({ ...wan, ...{ index, table } })),
      ),
      policies: settings.policies.map((policy) => ({
        ...policy,
        use: policy.use.filter((name) => names.includes(name)),
      })),
      defaultPolicy: {
        ...settings.defaultPolicy,
        use: use.map((number) => placeOf(house, number).name),
      },
    },
  }
}

/** Two at least: with one the daemon only observes. */
function randomOptions(random: Random, places: readonly Place[]): Options {
  const wans = shuffled(
    random,
    places.map(({ index }) => index),
  )
  const kept = random.chance(0.5) ? wans : wans.slice(0, 2)
  const use = random.chance(0.7) ? kept : kept.slice(0, 2)
  return { wans: kept, use }
}

function shuffled(random: Random, numbers: readonly number[]): number[] {
  const left = [...numbers]
  const order: number[] = []
  while (left.length > 0) order.push(...left.splice(random.below(left.length), 1))
  return order
}

/** A table that the options name stays what it is. */
function placeAt(index: number, place: Place): Place {
  const isGiven = place.table !== tableByPosition(place.index)
  return { ...place, index, table: isGiven ? place.table : tableByPosition(index) }
}

function placeOf({ places }: Topology, number: number): Place {
  const place = places[number]
  if (place === undefined) throw new Error(`there is no line ${number} in this house`)
  return place
}

const spareLine = { name: 'spare', index: 2, table: 102, gateway6: null, metered: false }

function sameSubnet({ link }: Place) {
  const place: Place = {
    ...spareLine,
    ...{ link, gateway: '192.168.0.4', learned: false, shared: true, mainMetric: null },
  }
  return { place, text: '{ name: spare, gateway: 192.168.0.4 }', links: {} }
}

const ownCard = {
  place: {
    ...spareLine,
    ...{ link: 'eth3', gateway: '192.168.4.1', learned: false, shared: false, mainMetric: null },
  } satisfies Place,
  text: '{ name: spare, gateway: 192.168.4.1, interface: eth3 }',
  links: { eth3: ['192.168.4.10/24'] },
}
