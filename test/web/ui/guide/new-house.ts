/** A made-up house where nothing is set up yet: what a search finds there, and what comes of it. */
import type { Devices } from '../../../../src/model/published/devices.ts'
import type { FoundLine, LineSearch } from '../../../../src/model/published/found-line.ts'
import { exampleDevice } from '../../../examples/example-devices.ts'
import { exampleLine, exampleSearch } from '../../../examples/example-search.ts'
import { waitFor } from '../../../wait-for.ts'
import { scenario } from '../scenario.ts'
import { ServedHouse } from '../served-house.ts'

export const fibreLine: FoundLine = {
  ...exampleLine,
  id: 'eth0/192.168.1.1',
  gateway: '192.168.1.1',
  maker: 'AVM',
  answered: [
    { target: '1.1.1.1', method: 'icmp', latency_ms: 8.4 },
    { target: '8.8.8.8', method: 'icmp', latency_ms: 9.1 },
    { target: '9.9.9.9', method: 'dns', latency_ms: 11.2 },
  ],
  latency_ms: 8.4,
  public_ip: '203.0.113.24',
  suggested: { ...exampleLine.suggested, name: 'fibre', gateway: '192.168.1.1' },
}

export const lteLine: FoundLine = {
  ...fibreLine,
  id: 'wwan0/192.168.8.1',
  interface: 'wwan0',
  kind: 'modem',
  gateway: '192.168.8.1',
  maker: 'Huawei',
  answered: [{ target: '1.1.1.1', method: 'icmp', latency_ms: 48.2 }],
  latency_ms: 48.2,
  public_ip: '198.51.100.9',
  suggested: {
    name: 'lte',
    metered: true,
    gateway: '192.168.8.1',
    interface: 'wwan0',
    gateway6: null,
  },
}

export function searchOf(lines: readonly FoundLine[]): LineSearch {
  return { ...exampleSearch, lines }
}

const devices: Devices = {
  devices: [
    { ...exampleDevice, address: '192.168.1.31', name: 'work laptop', here: '192.168.1.20' },
    {
      ...exampleDevice,
      address: '192.168.1.50',
      name: 'tablet',
      bytes: { fibre: 9_000_000, lte: 0 },
      here: '192.168.1.20',
    },
    {
      ...exampleDevice,
      address: '192.168.1.60',
      name: 'TV',
      through: false,
      bytes: {},
      wan: null,
      gateway: '192.168.1.1',
      here: '192.168.1.20',
    },
    {
      ...exampleDevice,
      address: '192.168.1.61',
      name: null,
      maker: 'Sonos',
      through: false,
      bytes: {},
      wan: null,
      gateway: null,
      here: '192.168.1.20',
    },
  ],
  truncated: false,
}

export async function openNewHouse(pageFolder: string, key: string | null = null) {
  const house = await ServedHouse.open(scenario('observing', Date.now()), pageFolder, key)
  house.lines = searchOf([fibreLine, lteLine])
  house.devices = devices
  house.options.page = {
    ...house.options.page,
    source: 'supervisor',
    where: "the add-on's options in Home Assistant",
    options: { wans: [], policies: [], default_policy: {} },
  }
  return house
}

/** As the daemon does, once its options have changed. */
export async function beginWithWritten(house: ServedHouse): Promise<void> {
  await waitFor(() => house.options.page.version !== 'v0', {
    deadlineMs: 10_000,
    what: 'the options to be written',
  })
  house.beginAnew(scenario('well', Date.now()))
}
