/**
 * Two boxes in one house: the lab's host and a second machine beside it, each with the daemon, and
 * clients whose gateway is the address that both share.
 */

import { waitFor } from '../../wait-for.ts'
import { Lab } from '../lab.ts'
import { monotonicMs } from '../measure/monotonic.ts'
import { LabNode } from '../network/node.ts'
import { hostSysctls } from '../network/topology.ts'
import { DaemonFolder, DaemonProcess } from './daemon-process.ts'
import { brokerOf, optionsOf } from './house.ts'
import { MqttHouse } from './mqtt-house.ts'
import { pageOf } from './page-of.ts'
import { Relay } from './relay.ts'

export const sharedAddress = '192.168.0.5'
const ownAddresses = { first: '192.168.0.3', second: '192.168.0.4' } as const

export type BoxName = keyof typeof ownAddresses

export interface PairHouseOptions {
  /** Merged over both boxes' part in the pair. */
  readonly pair?: Readonly<Record<string, unknown>>
  /** Merged over both boxes' options. */
  readonly options?: Readonly<Record<string, unknown>>
  /** The second box publishes to the first one's broker. */
  readonly oneBroker?: boolean
}

/** One of the two, while its daemon runs and afterwards. */
export class Box {
  readonly name: BoxName
  readonly node: LabNode
  readonly folder = new DaemonFolder()
  /** What it began with. */
  readonly options: object
  daemon: DaemonProcess

  constructor(name: BoxName, node: LabNode, options: object) {
    this.name = name
    this.node = node
    this.options = options
    this.folder.write(options)
    this.daemon = this.#start()
  }

  startAgain(): void {
    this.daemon = this.#start()
  }

  /** Whether the shared address is on it, whoever has put it there. */
  async hasAddress(): Promise<boolean> {
    return (await this.node.run('ip', '-4', 'addr', 'show')).includes(` ${sharedAddress}/`)
  }

  #start(): DaemonProcess {
    const entrance = ['nsenter', '--target', String(this.node.pid), '--net', '--mount', '--']
    const wrapper = this.name === 'first' ? [] : entrance
    return new DaemonProcess(this.folder, { wrapper })
  }
}

export class PairHouse {
  readonly lab: Lab
  /** What the first box publishes. */
  readonly mqtt: MqttHouse
  readonly first: Box
  readonly second: Box

  readonly #relay: Relay | null

  private constructor(parts: {
    readonly lab: Lab
    readonly mqtt: MqttHouse
    readonly relay: Relay | null
    readonly boxes: Readonly<Record<BoxName, Box>>
  }) {
    this.lab = parts.lab
    this.mqtt = parts.mqtt
    this.first = parts.boxes.first
    this.second = parts.boxes.second
    this.#relay = parts.relay
  }

  /** Resolves when the first box serves, both have judged their WANs, and clients use them. */
  static async open(wanted: PairHouseOptions = {}): Promise<PairHouse> {
    const { pair = {}, options = {}, oneBroker = false } = wanted
    const lab = await Lab.create({ topology: 'one-subnet' })
    const mqtt = await MqttHouse.open()
    const node = await plugInSecond(lab)
    const optionsFor = (name: BoxName) => {
      const peer = name === 'first' ? ownAddresses.second : ownAddresses.first
      const shared = { address: `${sharedAddress}/24`, peer, role: name, ...pair }
      return { ...optionsOf(lab.plan), pair: shared, ...options }
    }
    const first = new Box('first', lab.host, { ...optionsFor('first'), ...brokerOf(mqtt) })
    const relay = oneBroker ? await Relay.open(mqtt.port) : null
    const ofBroker = relay === null ? {} : { mqtt: relay.place }
    const second = new Box('second', node, { ...optionsFor('second'), ...ofBroker })
    const house = new PairHouse({ lab, mqtt, relay, boxes: { first, second } })
    try {
      await house.#settle()
    } catch (error) {
      await house.close()
      const logs = [first, second].map(({ name, daemon }) => `${name}:\n${daemon.lines.join('\n')}`)
      throw new Error(logs.join('\n'), { cause: error })
    }
    return house
  }

  /** Resolves when this box serves and the other one doesn't; returns when that was seen. */
  async waitUntilServing(name: BoxName, deadlineMs = 30_000): Promise<number> {
    const [box, other] = name === 'first' ? [this.first, this.second] : [this.second, this.first]
    const what = `the ${name} box serves alone`
    await waitFor(async () => (await box.hasAddress()) && !(await other.hasAddress()), {
      ...{ deadlineMs, what },
    })
    return monotonicMs()
  }

  /** Asks the first box's page to let the other one serve, or no longer. */
  async restFirst(on: boolean): Promise<void> {
    const page = await pageOf(this.first.folder)
    const headers = { 'content-type': 'application/json', ...page.headers }
    const body = JSON.stringify({ on })
    const answer = await fetch(`${page.url}api/rest`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  }

  /** Both boxes have logged it. */
  async waitForBoth(pattern: RegExp, deadlineMs = 30_000): Promise<void> {
    for (const { daemon } of [this.first, this.second]) {
      await daemon.waitForLine(pattern, { deadlineMs })
    }
  }

  async whoServes(): Promise<readonly BoxName[]> {
    const both = [this.first, this.second]
    const serves = await Promise.all(both.map((box) => box.hasAddress()))
    return both.flatMap(({ name }, index) => (serves[index] === true ? [name] : []))
  }

  /** The box is gone for the network at once, and then its programs end. */
  async cutPower(box: Box): Promise<void> {
    await this.setPort(box, 'down')
    await box.daemon.end('SIGKILL')
    await waitFor(async () => !(await box.hasAddress()), { what: 'its programs have ended' })
  }

  /** Neither hears the other any more, and all else goes on. */
  async split(): Promise<void> {
    await this.lab.switch.nft(splitting)
  }

  /** Its cable, at the switch's end. */
  async setPort(box: Box, state: 'up' | 'down'): Promise<void> {
    await this.lab.switch.ip([`link set ${portOf(box)} ${state}`])
  }

  /** The switch passes nothing to or from this box, which still sees a carrier. */
  async cutOff(box: Box): Promise<void> {
    await this.lab.switch.nft(cuttingOff(portOf(box)))
  }

  async rejoin(): Promise<void> {
    await this.lab.switch.nft('delete table bridge off')
  }

  async heal(): Promise<void> {
    await this.lab.switch.nft('delete table bridge split')
  }

  /** Both gateways pass nothing on that comes by this box, be it a client's. */
  async takeInternetFrom(box: Box): Promise<void> {
    const [, mac = ''] =
      /link\/ether (\S+)/.exec(await box.node.run('ip', 'link', 'show', 'eth0')) ?? []
    const table = takingFrom(mac)
    await Promise.all([this.lab.gateway(1).nft(table), this.lab.gateway(2).nft(table)])
  }

  async giveInternetBack(): Promise<void> {
    const away = 'delete table inet taken'
    await Promise.all([this.lab.gateway(1).nft(away), this.lab.gateway(2).nft(away)])
  }

  async plugIn(box: Box): Promise<void> {
    await this.setPort(box, 'up')
    box.startAgain()
  }

  async close(): Promise<void> {
    try {
      await Promise.all([this.first, this.second].map(({ daemon }) => daemon.end('SIGTERM')))
    } finally {
      this.#relay?.close()
      await this.mqtt.close()
      await this.second.node.close()
      await this.lab.close()
      for (const { folder } of [this.first, this.second]) folder.remove()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #settle(): Promise<void> {
    await this.waitForBoth(/the pair: this box is ready to serve/, 60_000)
    await this.waitUntilServing('first')
    for (const number of [1, 2] as const) {
      await this.lab.client(number).ip([`route replace default via ${sharedAddress} dev eth0`])
    }
  }
}

const splitting = `table bridge split {
  chain forward {
    type filter hook forward priority 0;
    ip protocol vrrp drop
  }
}`

function cuttingOff(port: string): string {
  return `table bridge off {
    chain forward {
      type filter hook forward priority 0;
      iifname "${port}" drop
      oifname "${port}" drop
    }
  }`
}

function takingFrom(mac: string): string {
  return `table inet taken {
    chain prerouting {
      type filter hook prerouting priority -300;
      ether saddr ${mac} ip daddr != 192.168.0.0/24 drop
    }
  }`
}

const secondPort = 'second'

function portOf({ name }: Box): string {
  return name === 'first' ? 'host-eth0' : secondPort
}

/** A machine like the lab's host, on the same subnet. */
async function plugInSecond(lab: Lab): Promise<LabNode> {
  const crossbar = lab.switch
  const node = await LabNode.start(secondPort)
  const own = `eth0 index 501 netns ${node.pid} address 02:00:00:00:00:14`
  await lab.host.ip([`link add ${own} type veth peer name ${secondPort} netns ${crossbar.pid}`])
  await crossbar.ip([`link set ${secondPort} master lan up`])
  const sysctls = hostSysctls(true).map(([path, value]) => `echo ${value} >/proc/sys/net/${path}`)
  await node.script(sysctls.join('\n'))
  await node.ip([
    'link set lo up',
    `address add ${ownAddresses.second}/24 dev eth0`,
    'link set eth0 up',
    `route add default via ${lab.wan(1).gateway} dev eth0 proto dhcp metric 100`,
  ])
  return node
}
