/**
 * The lab's house with a real Docker engine on its host and the add-on in it. As on Home Assistant's
 * own system forwarding is off until the engine switches it on, so that FORWARD drops.
 */
import '../lab/enter-namespace.ts'
import { brokerOf, optionsOf } from '../lab/house/house.ts'
import { MqttHouse } from '../lab/house/mqtt-house.ts'
import { Lab } from '../lab/lab.ts'
import { LabNode } from '../lab/network/node.ts'
import type { Topology } from '../lab/network/plan.ts'
import { AddonContainer } from './addon-container.ts'
import { Engine } from './engine.ts'
import { engineFolder } from './engine-folder.ts'
import { workshop } from './workshop.ts'

export interface DockerHostOptions {
  /** Default `one-subnet`. */
  readonly topology?: Topology
  /** Merged over the options that name the lab's WANs. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Default false: containers end with the engine, as on Home Assistant's own system. */
  readonly liveRestore?: boolean
}

interface Parts {
  readonly lab: Lab
  readonly mqtt: MqttHouse
  readonly engine: Engine
  readonly addon: AddonContainer
  /** Everything that has to be taken away, in the order of making. */
  readonly made: AsyncDisposableStack
}

export class DockerHost {
  readonly lab: Lab
  readonly mqtt: MqttHouse
  readonly engine: Engine
  readonly addon: AddonContainer
  readonly #made: AsyncDisposableStack

  private constructor({ lab, mqtt, engine, addon, made }: Parts) {
    this.lab = lab
    this.mqtt = mqtt
    this.#made = made
    this.engine = engine
    this.addon = addon
  }

  /** The engine runs with the Supervisor's network; the add-on is there and not yet started. */
  static async open(wanted: DockerHostOptions = {}): Promise<DockerHost> {
    await using made = new AsyncDisposableStack()
    const { topology = 'one-subnet', liveRestore = false } = wanted
    const lab = made.use(await Lab.create({ topology, ipv6: true, hostForwarding: false }))
    const mqtt = await MqttHouse.open()
    made.defer(() => mqtt.close())
    const folder = made.use(engineFolder()).path
    made.defer(() => forgetEngine(lab.host))
    const flags = ['--bip', '172.30.232.1/23', ...(liveRestore ? ['--live-restore'] : [])]
    const engine = made.use(await Engine.start({ tree: workshop.engineTree, folder, flags }))
    await engine.docker('network', 'create', ...supervisorNetwork)
    const options = { ...optionsOf(lab.plan), ...brokerOf(mqtt), ...wanted.options }
    const addon = await AddonContainer.create(engine, { folder, options })
    return new DockerHost({ lab, mqtt, engine, addon, made: made.move() })
  }

  /** Started, and both WANs are up. */
  static async started(wanted: DockerHostOptions = {}): Promise<DockerHost> {
    const host = await DockerHost.open(wanted)
    try {
      await host.startAddon()
    } catch (error) {
      await host.close()
      throw error
    }
    return host
  }

  async startAddon(): Promise<void> {
    await this.addon.start()
    await this.waitUntilUp()
  }

  waitUntilUp(): Promise<void> {
    return this.mqtt.waitUntilUp({ deadlineMs: 30_000, log: () => this.addon.logLines() })
  }

  /**
   * Another container of the same image, which serves `hello` on port 80; resolves with its network.
   * `words` are for `docker run`.
   */
  async runWebServer(name: string, ...words: readonly string[]): Promise<LabNode> {
    const server = `require('node:http').createServer((_, a) => a.end('hello')).listen(80, '::')`
    await this.engine.docker(
      ...['run', '--detach', '--init', '--no-healthcheck', '--name', name, ...words],
      ...[workshop.image, 'node', '--eval', server],
    )
    return this.networkOf(name)
  }

  async networkOf(container: string): Promise<LabNode> {
    const format = '{{.State.Pid}}'
    const pid = await this.engine.docker('inspect', '--format', format, container)
    return LabNode.ofProcess(container, Number(pid))
  }

  async close(): Promise<void> {
    await this.#made.disposeAsync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** An engine that ends leaves its bridges and rules; the next one is to begin without them. */
async function forgetEngine(host: LabNode): Promise<void> {
  const bridges = JSON.parse(await host.run('ip', '-json', 'link', 'show', 'type', 'bridge')) as {
    ifname?: string
  }[]
  await host.ip(bridges.flatMap(({ ifname }) => (ifname ? [`link delete ${ifname}`] : [])))
  await host.nft('flush ruleset')
}

const supervisorNetwork = [
  ...['--driver', 'bridge', '--ipv6', '--subnet', '172.30.32.0/23', '--gateway', '172.30.32.1'],
  ...['--ip-range', '172.30.33.0/24', '--subnet', 'fd0c:ac1e:2100::/48'],
  ...['--opt', 'com.docker.network.bridge.name=hassio', 'hassio'],
]
