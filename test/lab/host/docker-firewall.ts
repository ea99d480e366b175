/**
 * The firewall that Docker 28 sets up on a host with one network, by iptables in nft as the
 * engine does it. The engine itself isn't needed for its rules.
 */
import type { LabNode } from '../network/node.ts'

export interface DockerNetwork {
  readonly bridge: string
  readonly subnet: string
  /** The container and its TCP port that are published; its other ports are not. */
  readonly published: { readonly address: string; readonly port: number }
}

/** The engine starts: forwarded packets are dropped from now on. */
export async function startDockerFirewall(host: LabNode, network: DockerNetwork): Promise<void> {
  const { bridge, subnet, published } = network
  const direct = `-d ${published.address}/32 ! -i ${bridge} -o ${bridge}`
  const lines = [
    ...chains.map((chain) => `-N ${chain}`),
    '-P FORWARD DROP',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-FORWARD',
    '-A DOCKER-FORWARD -j DOCKER-CT',
    '-A DOCKER-FORWARD -j DOCKER-BRIDGE',
    `-A DOCKER-FORWARD -i ${bridge} -j ACCEPT`,
    `-A DOCKER-CT -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A DOCKER-BRIDGE -o ${bridge} -j DOCKER`,
    `-A DOCKER ${direct} -p tcp -m tcp --dport ${published.port} -j ACCEPT`,
    `-A DOCKER ! -i ${bridge} -o ${bridge} -j DROP`,
  ]
  const six = lines.filter((line) => !line.includes(bridge))
  await host.script(
    [
      ...lines.map((line) => `iptables -w ${line}`),
      `iptables -w -t nat -A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE`,
      ...six.map((line) => `ip6tables -w ${line}`),
    ].join('\n'),
  )
}

/** Nothing of Docker's is left, as after a restart of a machine without it. */
export async function removeDockerFirewall(host: LabNode): Promise<void> {
  await host.nft('delete table ip filter; delete table ip nat; delete table ip6 filter')
}

/** As `iptables -S` prints it, without the line that makes the chain. */
export async function dockerUserRules(host: LabNode, family: 'ip' | 'ip6' = 'ip'): Promise<string> {
  const listed = await host.run(`${family}tables`, '-w', '-S', 'DOCKER-USER')
  return listed.replace(/^-N DOCKER-USER\n/, '').trimEnd()
}

const chains = ['DOCKER-USER', 'DOCKER-FORWARD', 'DOCKER-CT', 'DOCKER-BRIDGE', 'DOCKER']
