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
  const makers = new Map(text.split('\n').flatMap(prefixesIn))
  return (mac) => (isMadeUp(mac) ? null : nameOf(mac, makers))
}

/** `Maker: 00040e 00150c` */
function prefixesIn(line: string): [string, string][] {
  const [maker = '', prefixes] = line.split(': ')
  if (line.startsWith('#') || prefixes === undefined) return []
  return prefixes.split(' ').map((prefix) => [prefix, maker])
}

/** The registry gives away blocks of 24, 28 and 36 bits; the longest that fits is right. */
function nameOf(mac: string, makers: ReadonlyMap<string, string>): string | null {
  const digits = mac.replaceAll(':', '').toLowerCase()
  const [found] = [9, 7, 6].flatMap((length) => makers.get(digits.slice(0, length)) ?? [])
  return found ?? null
}

/** Locally administered, as phones do it for each network; IEEE 802, 8.4. */
function isMadeUp(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 0x02) !== 0
}
