/** The texts of the form of all options, and of a change that waits; loaded with them. */

export interface OptionsTexts {
  readonly heading: string
  readonly intro: (where: string) => string
  /** Of the add-on: who asks the Supervisor. */
  readonly inHomeAssistant: string
  readonly loading: string
  readonly failed: (reason: string) => string
  readonly notWritable: (reason: string) => string
  readonly close: string
  /** Each section of the form by its option's name. */
  readonly more: string
  readonly set: string
  readonly required: string
  readonly empty: string
  readonly byDefault: (value: string) => string
  readonly noDefault: string
  readonly on: string
  readonly off: string
  readonly secretKept: string
  readonly secretNone: string
  readonly forget: string
  readonly add: string
  readonly addTo: (list: string) => string
  readonly up: (entry: string) => string
  readonly down: (entry: string) => string
  readonly remove: (entry: string) => string
  readonly entry: (place: number) => string
  readonly moved: (entry: string, place: number, count: number) => string
  readonly noLine: string
  readonly problemCount: (count: number) => string
  readonly problem: (found: string, right: string) => string
  readonly goTo: string
  readonly review: string
  readonly checking: string
  readonly unchanged: string
  readonly reviewHeading: string
  readonly field: string
  readonly before: string
  readonly after: string
  readonly nothing: string
  readonly warnings: string
  readonly save: string
  readonly saving: string
  readonly editOn: string
  readonly changedElsewhere: string
  readonly loadAgain: string
  readonly previous: (when: string) => string
  readonly restore: string
  readonly restored: string
}
