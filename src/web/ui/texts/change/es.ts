import type { ChangeTexts } from './change-texts.ts'

export const es: ChangeTexts = {
  heading: '¿Sigues viendo esta página?',
  text: 'Funciona con las opciones nuevas. Si han roto el camino a esta página, nadie puede responder, y las anteriores vuelven solas.',
  left: 'Tiempo para responder',
  yes: 'Sí, la veo',
  no: 'Deshacer',
  noHint: 'Las opciones anteriores vuelven enseguida.',
  gone: 'Vuelven a valer las opciones anteriores',
  goneAt: (when) => `El cambio se deshizo a las ${when}.`,
  seen: 'Entendido',
}
