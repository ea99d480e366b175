/** A device as its row shows it. Pure. */
import type { Device } from '../../../model/published/devices.ts'
import type { DevicesTexts } from '../texts/devices/devices-texts.ts'
import type { Formats } from '../texts/formats.ts'

export interface DeviceView {
  readonly device: Device
  /** What people call it. */
  readonly name: string
  /** Its address, and who made it, as far as they aren't its name. */
  readonly details: string
  /** By line, the most first. */
  readonly bytes: readonly { readonly wan: string; readonly text: string }[]
  readonly lastSeen: string | null
}

export interface DeviceGroups {
  readonly through: readonly DeviceView[]
  readonly past: readonly DeviceView[]
  /** What to do about those that don't pass, a sentence for each network. */
  readonly advice: readonly string[]
}

interface Speech {
  readonly texts: DevicesTexts
  readonly formats: Formats
  readonly nowMs: number
}

export function deviceGroups(devices: readonly Device[], speech: Speech): DeviceGroups {
  const past = devices.filter(({ through }) => !through)
  const here = [...new Set(past.flatMap((device) => device.here ?? []))]
  return {
    through: devices.filter(({ through }) => through).map((one) => viewOf(one, speech)),
    past: past.map((one) => viewOf(one, speech)),
    advice: here.map((address) => speech.texts.setGateway(address)),
  }
}

function viewOf(device: Device, { formats, nowMs }: Speech): DeviceView {
  const { address, mac, maker, name, bytes, last_seen } = device
  const called = name ?? address
  const details = [called === address ? null : address, maker ?? mac]
  return {
    device,
    name: called,
    details: details.filter((one) => one !== null).join(' · '),
    bytes: Object.entries(bytes)
      .toSorted(([, a], [, b]) => b - a)
      .map(([wan, count]) => ({ wan, text: formats.bytes(count) })),
    lastSeen: last_seen === null ? null : formats.moment(Date.parse(last_seen), nowMs),
  }
}
