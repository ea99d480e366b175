import type { BoxesTexts } from './boxes-texts.ts'

export const de: BoxesTexts = {
  unheard:
    'Von der anderen Box war zuletzt nichts zu hören. Dafür brauchen beide denselben MQTT-Broker und dasselbe base_topic; das Paar funktioniert auch ohne.',
  option: 'Option',
  here: 'Diese Box',
  there: 'Die andere Box',
  version: 'Version',
  clock: 'Uhr',
  clockSame: 'gleich',
  clockAhead: (seconds) => `${seconds} s voraus`,
  clockBehind: (seconds) => `${seconds} s zurück`,
  equal: 'Alle Optionen, die gleich sein müssen, sind gleich.',
  differs: (count) => `Optionen, die gleich sein sollten und sich unterscheiden: ${count}`,
}
