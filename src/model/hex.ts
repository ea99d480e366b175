/** As `ip` writes a mark: `0x1000000`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`
}
