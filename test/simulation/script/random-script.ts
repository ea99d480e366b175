/** A seed's faults: what, where, when and for how long. */
import type { Command } from '../../../src/model/decision.ts'
import type { Random } from '../../random.ts'
import type { Topology } from '../world/topologies.ts'
import type { Fault, Step } from './fault.ts'

export function randomScript(random: Random, topology: Topology, lengthMs: number): Step[] {
  const steps: Step[] = []
  let atMs = random.between(3_000, 10_000)
  // The last minute is calm, so that the run ends in a state that can be judged.
  while (atMs < lengthMs - 60_000) {
    const fault = randomFault(random, topology)
    steps.push({ atMs: Math.round(atMs), durationMs: durationOf(fault, random), fault })
    atMs += random.pick(gaps)(random)
  }
  if (random.chance(0.5)) steps.push(...webSteps(random, topology, lengthMs))
  if (random.chance(0.5)) steps.push(...outerSteps(random, topology, lengthMs))
  return steps.sort((a, b) => a.atMs - b.atMs)
}

/** What comes from people and their programs, beside all else. */
function outerSteps(random: Random, topology: Topology, lengthMs: number): Step[] {
  const steps: Step[] = []
  for (let atMs = 20_000; atMs < lengthMs - 60_000; atMs += random.between(30_000, 300_000)) {
    const fault = random.pick(outerKinds)(random, topology)
    steps.push({ atMs: Math.round(atMs), durationMs: Math.round(random.between(500, 9e3)), fault })
  }
  return steps
}

/** What only real requests show takes its time to be found, so it lasts longer than the rest. */
function webSteps(random: Random, topology: Topology, lengthMs: number): Step[] {
  const steps: Step[] = []
  for (let atMs = 90_000; atMs < lengthMs - 200_000; atMs += random.between(60_000, 240_000)) {
    const fault = random.pick(webKinds)(random, topology)
    steps.push({ atMs: Math.round(atMs), durationMs: Math.round(random.between(1e3, 12e4)), fault })
  }
  return steps
}

const gaps: readonly ((random: Random) => number)[] = [
  (random) => random.between(0, 300),
  (random) => random.between(500, 3_000),
  (random) => random.between(4_000, 15_000),
  (random) => random.between(10_000, 25_000),
  (random) => random.between(30_000, 90_000),
]

function durationOf(fault: Fault, random: Random): number {
  const long = fault.kind === 'silent' || fault.kind === 'lossy' ? 90_000 : 40_000
  const lengths = [
    random.between(50, 900),
    random.between(1_000, 6_000),
    random.between(8_000, long),
  ]
  if (fault.kind === 'stall') return Math.round(random.between(100, 8_000))
  if (fault.kind === 'crash' || fault.kind === 'restart')
    return Math.round(random.between(50, 8_000))
  return Math.round(random.pick(lengths))
}

function randomFault(random: Random, topology: Topology): Fault {
  return random.pick(kinds)(random, topology)
}

type Maker = (random: Random, topology: Topology) => Fault

const wanOf = (random: Random, { places }: Topology) => random.below(places.length)
const linkOf = (random: Random, { places }: Topology) => random.pick(places).link

/** A kind that stands here twice is twice as frequent. */
const kinds: readonly Maker[] = [
  (random, topology) => ({ kind: 'silent', wan: wanOf(random, topology) }),
  (random, topology) => ({ kind: 'silent', wan: wanOf(random, topology) }),
  () => ({ kind: 'silent', wan: 0 }),
  (random, topology) => ({
    kind: 'gateway_dead',
    wan: wanOf(random, topology),
    noticed: random.chance(0.5),
  }),
  (random, topology) => ({
    kind: 'method_silent',
    wan: wanOf(random, topology),
    method: random.pick(['icmp', 'dns']),
  }),
  (random, { settings }) => ({
    kind: 'target_silent',
    target: random.pick(settings.probe.targets.ipv4),
  }),
  (random, topology) => ({
    kind: 'lossy',
    wan: wanOf(random, topology),
    lossPercent: random.pick([1, 3, 5, 5, 40, 70]),
  }),
  (random, topology) => ({
    kind: 'slow',
    wan: wanOf(random, topology),
    ...random.pick([
      { latencyMs: 60, jitterMs: 80 },
      { latencyMs: 250, jitterMs: 100 },
      { latencyMs: 700, jitterMs: 150 },
    ]),
  }),
  (random, topology) => ({ kind: 'carrier_cut', link: linkOf(random, topology) }),
  (random, topology) => ({ kind: 'link_down', link: linkOf(random, topology) }),
  (random, topology) => ({ kind: 'link_gone', link: linkOf(random, topology) }),
  (random, topology) => ({ kind: 'lease_lost', link: linkOf(random, topology) }),
  (random, topology) => ({
    kind: 'gateway_changed',
    wan: wanOf(random, topology),
    lastByte: 200 + random.below(20),
  }),
  (random) => ({
    kind: 'rules_deleted',
    which: random.pick(['all', 'suppress', 'some']),
    everyMs: random.pick([4, 300, 2_000, 100_000, 100_000]),
  }),
  (random) => ({ kind: 'routes_deleted', everyMs: random.pick([50, 3_000, 100_000, 100_000]) }),
  () => ({ kind: 'nft_deleted' }),
  (random) => ({ kind: 'docker_network', number: random.below(4) }),
  () => ({ kind: 'vpn_before_ours' }),
  (random) => ({ kind: 'kernel_refuses', percent: random.pick([20, 100]) }),
  () => ({ kind: 'stall' }),
  (random) => ({ kind: 'crash', afterChanges: random.chance(0.5) ? null : 1 + random.below(40) }),
  () => ({ kind: 'restart' }),
  (random, topology) => ({ kind: 'command', command: randomCommand(random, topology) }),
  (random, topology) => ({ kind: 'command', command: randomCommand(random, topology) }),
]

const webKinds: readonly Maker[] = [
  () => ({ kind: 'tcp_dead', wan: 0 }),
  (random, topology) => ({ kind: 'tcp_dead', wan: wanOf(random, topology) }),
  (random, topology) => ({ kind: 'captive', wan: wanOf(random, topology) }),
  (random) => ({ kind: 'web_server_down', server: random.below(2) }),
]

const outerKinds: readonly Maker[] = [
  (random, topology) => ({
    kind: 'command_flood',
    command: randomCommand(random, topology),
    everyMs: random.pick([20, 100]),
  }),
  (random) => ({
    kind: 'clock_set',
    byMs: random.pick([-1, 1]) * random.pick([300, 40_000, 3_600_000, 86_400_000]),
  }),
]

function randomCommand(random: Random, { places }: Topology): Command {
  return random.pick<Command>([
    { kind: 'set_test', on: true },
    { kind: 'set_test', on: true },
    { kind: 'set_test', on: false },
    { kind: 'set_mode', mode: 'automatic' },
    { kind: 'set_mode', mode: random.pick(['automatic', ...places.map(({ name }) => name)]) },
    { kind: 'fail_back' },
  ])
}
