/**
 * Options with another policy for one device, to be checked and shown before anybody writes them.
 * Pure. It moves the device's own entries and nothing else: a network that means it too stays.
 */
import type { Device } from '../../../model/published/devices.ts'
import type { OptionsAsWritten } from '../../../model/published/options-page.ts'

export interface PolicyChoice {
  /** `default` last. */
  readonly name: string
  /** The policy that comes before it and means the device too, so that it can't be had. */
  readonly behind: string | null
}

/** The policies that a device can have as a whole. */
export function policyChoices(
  options: OptionsAsWritten,
  { meant_by }: Pick<Device, 'meant_by'>,
): readonly PolicyChoice[] {
  const names = [...policiesIn(options).filter(isWhole).map(nameOf), 'default']
  return names.map((name, position) => {
    const before = names.slice(0, position).find((one) => meant_by.includes(one))
    return { name, behind: before ?? null }
  })
}

export interface PolicyChange {
  readonly options: OptionsAsWritten
  /** Policies that nobody would be in any more: they go. */
  readonly emptied: readonly string[]
}

export function withPolicy(
  options: OptionsAsWritten,
  device: Pick<Device, 'address' | 'mac' | 'meant_by'>,
  policy: string,
): PolicyChange {
  const emptied: string[] = []
  const policies = policiesIn(options).flatMap((one) => {
    if (!isWhole(one)) return [one]
    const from = entriesOf(one).filter((entry) => !isOwn(entry, device))
    if (nameOf(one) === policy) {
      const isMeant = device.meant_by.includes(policy)
      return [{ ...one, from: isMeant ? from : [...from, device.mac ?? device.address] }]
    }
    if (from.length === entriesOf(one).length) return [one]
    if (from.length > 0) return [{ ...one, from }]
    emptied.push(nameOf(one))
    return []
  })
  return { options: { ...options, policies }, emptied }
}

type WrittenPolicy = Readonly<Record<string, unknown>>

/** What a user has written need not be right; what is no policy is left out of the choice. */
function policiesIn({ policies }: OptionsAsWritten): readonly WrittenPolicy[] {
  return Array.isArray(policies) ? policies.filter((one) => typeof one === 'object' && one) : []
}

function nameOf({ name }: WrittenPolicy): string {
  return String(name)
}

/** Not for some destinations, protocols or ports alone. */
function isWhole({ to, protocol, ports }: WrittenPolicy): boolean {
  const isAny = (value: unknown) =>
    value === undefined || value === null || value === '' || value === 'any'
  return (Array.isArray(to) ? to.length === 0 : isAny(to)) && isAny(protocol) && isAny(ports)
}

function entriesOf({ from }: WrittenPolicy): readonly unknown[] {
  return Array.isArray(from) ? from : []
}

function isOwn(entry: unknown, { address, mac }: Pick<Device, 'address' | 'mac'>): boolean {
  const written = String(entry).trim().toLowerCase()
  return (
    written.replace(/\/(32|128)$/, '') === address ||
    (mac !== null && written.replaceAll('-', ':') === mac)
  )
}
