/** Which links clients may be on, from what the kernel shows of them below /sys. */
import { existsSync, readdirSync } from 'node:fs'
import type { Link } from '../../model/host.ts'

const linksFolder = '/sys/class/net'

/** Ethernet, and no bridge that only containers and virtual machines are on. */
export function clientLinks(links: readonly Link[]): string[] {
  return links
    .filter(({ name, type }) => type === 'ether' && !isVirtualBridge(name))
    .map(({ name }) => name)
}

function isVirtualBridge(name: string): boolean {
  // Where /sys is of another namespace we can't know: then we take it for one.
  if (!existsSync(`${linksFolder}/${name}`)) return true
  if (!existsSync(`${linksFolder}/${name}/bridge`)) return false
  return !namesIn(`${linksFolder}/${name}/brif`).some(hasHardware)
}

/** A card itself, or what lies on one: a VLAN, a bond. The ends of containers have neither. */
function hasHardware(link: string): boolean {
  if (existsSync(`${linksFolder}/${link}/device`)) return true
  return namesIn(`${linksFolder}/${link}`).some((name) => name.startsWith('lower_'))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // The link went away this very moment.
    return []
  }
}
