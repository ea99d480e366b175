import type { BoxesTexts } from './boxes-texts.ts'

export const en: BoxesTexts = {
  unheard:
    'Nothing was heard of the other box lately. Both boxes need the same MQTT broker and base topic for this; the pair works without.',
  option: 'Option',
  here: 'This box',
  there: 'The other box',
  version: 'Version',
  clock: 'Clock',
  clockSame: 'the same',
  clockAhead: (seconds) => `${seconds} s ahead`,
  clockBehind: (seconds) => `${seconds} s behind`,
  equal: 'All options that must be equal are equal.',
  differs: (count) => `Options that should be equal and differ: ${count}`,
}
