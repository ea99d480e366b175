/** Of a pair's boxes side by side. */
export interface BoxesTexts {
  readonly unheard: string
  readonly option: string
  readonly here: string
  readonly there: string
  readonly version: string
  readonly clock: string
  readonly clockSame: string
  readonly clockAhead: (seconds: number) => string
  readonly clockBehind: (seconds: number) => string
  readonly equal: string
  readonly differs: (count: string) => string
}
