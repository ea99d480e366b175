import type { BoxesTexts } from './boxes-texts.ts'

export const fr: BoxesTexts = {
  unheard:
    'Aucune nouvelle récente de l’autre machine. Pour cela, les deux ont besoin du même broker MQTT et du même base_topic ; la paire fonctionne aussi sans.',
  option: 'Option',
  here: 'Cette machine',
  there: 'L’autre machine',
  version: 'Version',
  clock: 'Horloge',
  clockSame: 'identique',
  clockAhead: (seconds) => `en avance de ${seconds} s`,
  clockBehind: (seconds) => `en retard de ${seconds} s`,
  equal: 'Toutes les options qui doivent être identiques le sont.',
  differs: (count) => `Options qui devraient être identiques et diffèrent : ${count}`,
}
