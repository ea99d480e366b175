/** The charts' lines differ by colour and by dashes: not everyone sees all colours. */
export interface LineStyle {
  /** The custom property in page.css that has its colour. */
  readonly variable: string
  /** In CSS pixels; empty is a solid line. */
  readonly dash: readonly number[]
}

const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]] as const
const colours = 8

export function lineStyles(index: number): LineStyle {
  return { variable: `line-${index % colours}`, dash: dashes[index % dashes.length] ?? [] }
}
