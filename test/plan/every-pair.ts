/** The option files and the hosts that are planned for, each with each. */
import {
  type Planned,
  planned,
  plannedAsWished,
  type Scene,
  sceneOf,
  settingsOf,
} from './planned.ts'
import { type Host, hostCount, randomHost } from './random-hosts.ts'
import { randomOptions } from './random-options.ts'
import { randomWishes } from './random-wishes.ts'

/** By their numbers, which count from 1. */
export interface Pair {
  readonly options: number
  readonly host: number
  readonly scene: Scene
  readonly plan: Planned
  /** Takes several times as long as the plan; computed for whoever asks. */
  readonly asWished: () => Planned
}

const optionsCount = 300

export function everyOptions(): readonly string[] {
  return Array.from({ length: optionsCount }, (_, i) => randomOptions(i + 1))
}

export function everyHost(): readonly Host[] {
  return Array.from({ length: hostCount }, (_, i) => randomHost(i + 1))
}

/** In the order of the options, and of the hosts within. */
export function* everyPair(): Generator<Pair> {
  const hosts = everyHost()
  for (const [i, text] of everyOptions().entries()) {
    const settings = settingsOf(text)
    for (const [k, host] of hosts.entries()) yield pairOf(i + 1, k + 1, sceneOf(settings, host))
  }
}

export function onePair(options: number, host: number): Pair {
  return pairOf(options, host, sceneOf(settingsOf(randomOptions(options)), randomHost(host)))
}

function pairOf(options: number, host: number, scene: Scene): Pair {
  return {
    ...{ options, host, scene },
    plan: planned(scene),
    asWished: () => plannedAsWished(scene, randomWishes(options, host)),
  }
}
