/** Of a change of the options that waits for the user's word, or was taken back: guide and form alike. */
export interface ChangeTexts {
  readonly heading: string
  readonly text: string
  readonly left: string
  readonly yes: string
  readonly no: string
  readonly noHint: string
  readonly gone: string
  readonly goneAt: (when: string) => string
  readonly seen: string
}
