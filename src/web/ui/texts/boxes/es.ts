import type { BoxesTexts } from './boxes-texts.ts'

export const es: BoxesTexts = {
  unheard:
    'Últimamente no se sabe nada del otro equipo. Para esto los dos necesitan el mismo broker MQTT y el mismo base_topic; la pareja funciona también sin ello.',
  option: 'Opción',
  here: 'Este equipo',
  there: 'El otro equipo',
  version: 'Versión',
  clock: 'Reloj',
  clockSame: 'igual',
  clockAhead: (seconds) => `${seconds} s adelantado`,
  clockBehind: (seconds) => `${seconds} s atrasado`,
  equal: 'Todas las opciones que deben coincidir coinciden.',
  differs: (count) => `Opciones que deberían coincidir y son distintas: ${count}`,
}
