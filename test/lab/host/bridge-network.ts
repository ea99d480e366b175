/** A network as Docker makes it on a host: a bridge whose route is `linkdown` until somebody joins. */

import { waitFor } from '../../wait-for.ts'
import { LabNode } from '../network/node.ts'

export class BridgeNetwork {
  readonly name: string
  readonly subnet: string
  readonly #containers: LabNode[] = []

  private constructor(name: string, subnet: string) {
    this.name = name
    this.subnet = subnet
  }

  /**
   * On the host; `subnet` is a CIDR that ends in .0, e.g. `172.18.0.0/16`, and the host takes .1 of
   * it. Resolves when the route stands in `main`, without a carrier.
   */
  static async add(name: string, subnet: string): Promise<BridgeNetwork> {
    const host = LabNode.host()
    const [port, peer] = [`${name.slice(0, 11)}-0`, `${name.slice(0, 11)}-1`]
    await host.ip([
      `link add ${name} type bridge`,
      `link set ${name} up`,
      `link add ${port} type veth peer name ${peer}`,
      `link set ${peer} up`,
      `link set ${port} master ${name} up`,
    ])
    // A bridge claims a carrier until it has lost its last port; Docker's empty ones have none.
    const hasPort = async () => (await host.run('ip', 'link', 'show', name)).includes('state UP')
    await waitFor(hasPort, { deadlineMs: 5000, what: `a port of ${name} to be up` })
    await host.ip([
      `link delete ${port}`,
      `address add ${subnet.replace('.0/', '.1/')} dev ${name}`,
    ])
    return new BridgeNetwork(name, subnet)
  }

  /** A container joins: the bridge gets its carrier. Its address is .2, the next one's .3. */
  async attach(): Promise<LabNode> {
    const number = this.#containers.length + 2
    const container = await LabNode.start(`container${number} on ${this.name}`)
    this.#containers.push(container)
    const port = `${this.name.slice(0, 11)}-${number}`
    await LabNode.host().ip([
      `link add ${port} type veth peer name eth0 netns ${container.pid}`,
      `link set ${port} master ${this.name} up`,
    ])
    await container.ip([
      'link set lo up',
      `address add ${this.subnet.replace('.0/', `.${number}/`)} dev eth0`,
      'link set eth0 up',
      `route add default via ${this.subnet.replace(/0\/\d+$/, '1')}`,
    ])
    return container
  }

  /** The last container leaves: the route is `linkdown` again. */
  async detachAll(): Promise<void> {
    const ports = this.#containers.map((_, i) => `${this.name.slice(0, 11)}-${i + 2}`)
    await LabNode.host().ip(ports.map((port) => `link delete ${port}`))
    await Promise.all(this.#containers.splice(0).map((container) => container.close()))
  }

  /** As `docker network rm`: the bridge goes, its address and route with it. */
  async remove(): Promise<void> {
    await this.detachAll()
    await LabNode.host().ip([`link delete ${this.name}`])
  }
}
