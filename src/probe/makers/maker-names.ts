/**
 * Who made a device, by the beginning of its MAC. The list is read when somebody asks and let go with
 * what is returned: it would stay in memory for a question that comes once a month.
 */
import { readFile } from 'node:fs/promises'

/** null where nobody knows, and for MACs that a device has made up. */
export type MakerOf = (mac: string) => string | null

/** Without the list every maker is unknown: nothing depends on it. */
export async function loadMakers(): Promise<MakerOf> {
  const text = await readFile(new URL('makers.txt', import.meta.url), 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => `${line} `)
  return (mac) => (isMadeUp(mac) ? null : nameOf(mac, lines))
}

/** The registry gives away blocks of 24, 28 and 36 bits; the longest that fits is right. */
function nameOf(mac: string, lines: readonly string[]): string | null {
  const digits = mac.replaceAll(':', '').toLowerCase()
  for (const length of [9, 7, 6]) {
    const wanted = ` ${digits.slice(0, length)} `
    const line = lines.find((one) => one.includes(wanted))
    if (line !== undefined) return line.slice(0, line.indexOf(':'))
  }
  return null
}

/** Locally administered, as phones do it for each network; IEEE 802, 8.4. */
function isMadeUp(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 0x02) !== 0
}
