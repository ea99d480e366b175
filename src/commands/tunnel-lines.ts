/** What `check` says of tunnels: their servers' names by each line, their keys, their handshakes. */
import ipaddr from 'ipaddr.js'
import { lackingToDial } from '../kernel/tunnels/dial-processes.ts'
import { wireguardDevices } from '../kernel/tunnels/wireguard-devices.ts'
import { tunnelLink } from '../model/settings/tunnel-settings.ts'
import { endpointText } from '../model/tunnel/endpoint.ts'
import { standingRides } from '../network/rules/ride-rows.ts'
import { askableUplinks, commandProber } from './command-prober.ts'
import type { HostView } from './with-host.ts'

export async function tunnelLines(view: HostView): Promise<string[]> {
  const { settings, host } = view
  const tunnels = settings.wans.flatMap(({ tunnel, ...wan }) =>
    tunnel === undefined ? [] : [{ ...tunnel, name: wan.name, link: wan.interface }],
  )
  if (tunnels.length === 0) return []
  const devices = wireguardDevices({ log: silent, folder: null })
  const prober = commandProber(settings)
  const rides = standingRides(settings, host)
  try {
    const found = tunnels.map(async ({ kind, name, link, endpoint, over }) => {
      const shown =
        link?.kind === 'name' && kind === 'wireguard' ? await devices.show(link.name) : null
      const line = rides.find((ride) => ride.tunnel === name)?.line
      const server = endpointText(endpoint)
      const how = shown === null ? 'is not set up' : `has the public key ${shown.publicKey}`
      const age =
        shown === null || shown.handshakeMs === null
          ? 'no handshake yet'
          : `last handshake at ${new Date(shown.handshakeMs).toISOString()}`
      const state =
        kind === 'l2tp'
          ? `TUNNEL ${name}: ${dialledState(name, host)}, server ${server}, by ${line ?? 'no line'}`
          : `TUNNEL ${name}: ${how}, server ${server}, by ${line ?? 'no line'}, ${age}`
      if (ipaddr.isValid(endpoint.host)) return [state]
      const asked = askableUplinks(view).filter((uplink) => over.includes(uplink.name))
      const names = asked.map(async (uplink) => {
        const addresses = await prober.lookUp(uplink.index, endpoint.host)
        const known = addresses.length === 0 ? 'nobody knows it' : addresses.join(', ')
        return `TUNNEL ${name}: ${endpoint.host} by ${uplink.name}: ${known}`
      })
      return [state, ...(await Promise.all(names))]
    })
    return (await Promise.all(found)).flat()
  } finally {
    prober.close()
  }
}

function dialledState(name: string, { addresses }: HostView['host']): string {
  const link = tunnelLink(name)
  const own = addresses.find((one) => one.link === link && one.family === 'ipv4')
  if (own !== undefined) return `has the address ${own.address}`
  const lacking = lackingToDial()
  return lacking === null ? 'has no connection' : `can't be dialled: ${lacking}`
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }
