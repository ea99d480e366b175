/** What a tunnel shows beside what every WAN does: the line that carries it. Pure. */
import type { Entity } from './entities.ts'
import { label } from './label.ts'
import type { Names, Topics } from './mqtt/topics.ts'
import { attributes, shows, tunnelFact } from './readings.ts'

export function tunnelComponents(topics: Topics, { wans }: Names): readonly Entity[] {
  return wans.flatMap(({ name, tunnel }) => {
    if (tunnel === undefined) return []
    return {
      key: `wan_${name}_line`,
      objectId: `${name}_line`,
      platform: 'sensor',
      name: `${label(name)} line`,
      state_topic: topics.state,
      ...shows(tunnelFact(name, 'line', 'none')),
      ...attributes(topics.state, {
        second: tunnelFact(name, 'second', 'none'),
        reason: tunnelFact(name, 'reason', ''),
      }),
      device_class: 'enum',
      options: [...tunnel.over, 'none'],
      icon: 'mdi:tunnel',
      entity_category: 'diagnostic',
    }
  })
}
