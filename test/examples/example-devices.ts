import type { Device, Devices } from '../../src/model/published/devices.ts'

export const exampleDevice: Device = {
  address: '192.168.0.50',
  mac: '02:00:00:00:00:50',
  maker: null,
  name: 'laptop',
  through: true,
  bytes: { primary: 2_000_000, secondary: 40_000 },
  policy: 'default',
  meant_by: [],
  wan: 'primary',
  last_seen: '2026-11-28T10:00:00.000Z',
  gateway: '192.168.0.5',
  here: '192.168.0.5',
}

/** One that passes this machine, and one that doesn't. */
export const exampleDevices: Devices = {
  devices: [
    exampleDevice,
    {
      ...exampleDevice,
      address: '192.168.0.60',
      mac: '02:00:00:00:00:60',
      name: 'tv',
      through: false,
      bytes: {},
      wan: null,
      last_seen: null,
      gateway: '192.168.0.1',
    },
  ],
  truncated: false,
}
