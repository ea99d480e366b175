/** What a box of a pair shows and takes: whether it serves, and the wish that the other one does. Pure. */
import type { Entity } from './entities.ts'
import type { Names, Topics } from './mqtt/topics.ts'
import { attributes, ofPair, pairState, serving, shows } from './readings.ts'

export function pairComponents(topics: Topics, { pair }: Names): readonly Entity[] {
  if (pair == null) return []
  return [
    {
      key: 'serving',
      objectId: 'serving',
      platform: 'binary_sensor',
      name: 'Serving',
      state_topic: topics.state,
      ...shows(serving),
      device_class: 'running',
    },
    {
      key: 'pair_state',
      objectId: 'pair_state',
      platform: 'sensor',
      name: 'Pair state',
      state_topic: topics.state,
      ...shows(pairState),
      ...attributes(topics.state, { reason: ofPair('reason'), since: ofPair('since') }),
      device_class: 'enum',
      options: ['serving', 'standby', 'cut', 'apart'],
      icon: 'mdi:server-network',
    },
    {
      key: 'rest',
      objectId: 'rest',
      platform: 'switch',
      name: 'Let the other box serve',
      state_topic: topics.restState,
      command_topic: topics.restSet,
      icon: 'mdi:swap-horizontal-bold',
    },
  ]
}
