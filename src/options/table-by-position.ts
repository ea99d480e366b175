/** Tables by position, as users of two gateways have set them up by hand: 100, 101, … */
const firstTable = 100

export function tableByPosition(index: number): number {
  return firstTable + index
}
