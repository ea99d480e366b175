/** What a line most likely is, by its link, its network and its maker: there is nobody to ask. */
import ipaddr from 'ipaddr.js'
import type { FoundLine } from '../model/published/found-line.ts'

export interface Looks {
  readonly interface: string
  /** null: a line without a gateway. */
  readonly gateway: string | null
  readonly maker: string | null
}

export function kindOf({ interface: link, gateway, maker }: Looks): FoundLine['kind'] {
  if (gateway === null) return /^ppp/.test(link) ? 'ppp' : 'interface'
  if (isIn(hotspots, gateway)) return 'hotspot'
  if (isBySim(link) || isIn(sticks, gateway) || isIn(cableModems, gateway)) return 'modem'
  return maker !== null && modemMakers.test(maker) ? 'modem' : 'router'
}

/** Whether its bytes most likely cost something: phones, sticks and what else has a SIM. */
export function looksMetered(looks: Looks): boolean {
  const { interface: link, gateway, maker } = looks
  if (isBySim(link)) return true
  if (gateway === null) return false
  if (isIn(hotspots, gateway) || isIn(sticks, gateway)) return true
  return maker !== null && modemMakers.test(maker)
}

/** Names by systemd and the kernel: WWAN cards, and sticks and phones on USB. */
function isBySim(link: string): boolean {
  return /^(ww|rmnet|usb)/.test(link)
}

function isIn(networks: readonly string[], address: string): boolean {
  const parsed = ipaddr.IPv4.parse(address)
  return networks.some((network) => parsed.match(ipaddr.IPv4.parseCIDR(network)))
}

/** iPhones; Android by Wi-Fi, USB, Bluetooth and Wi-Fi Direct; Windows. */
const hotspots = [
  '172.20.10.0/28',
  '192.168.43.0/24',
  '192.168.42.0/24',
  '192.168.44.0/24',
  '192.168.49.0/24',
  '192.168.137.0/24',
]

/** Huawei's sticks and LTE routers. ZTE's have 192.168.0.1, as half of all routers. */
const sticks = ['192.168.8.1/32']

/** Where cable modems have their own page. */
const cableModems = ['192.168.100.1/32']

/** Of nothing but what has a SIM. */
const modemMakers =
  /quectel|sierra wireless|telit|fibocom|simcom|teltonika|netcomm|novatel|inseego/i
