import type { ChangeTexts } from './change-texts.ts'

export const en: ChangeTexts = {
  heading: 'Can you still see this page?',
  text: 'It runs with the new options. If something has broken the way to this page, nobody can answer, and the earlier options come back by themselves.',
  left: 'Time to answer',
  yes: 'Yes, I can see it',
  no: 'Take it back',
  noHint: 'The earlier options come back at once.',
  gone: 'The earlier options are back',
  goneAt: (when) => `The change was taken back at ${when}.`,
  seen: 'OK',
}
