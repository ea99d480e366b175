import type { Settings } from './settings.ts'

/**
 * Where this box publishes, from which its device and all its entities in Home Assistant are named.
 * Both boxes of a pair may share a broker: the first keeps its names, the second has its own.
 */
export function baseTopicOf({ mqtt, pair }: Pick<Settings, 'mqtt' | 'pair'>): string {
  return pair?.role === 'second' ? `${mqtt.baseTopic}${ofSecond}` : mqtt.baseTopic
}

/** Of the first box, from the base topic of the second. */
export function baseTopicOfFirst(baseTopic: string): string {
  return baseTopic.slice(0, baseTopic.length - ofSecond.length)
}

const ofSecond = '_second'
