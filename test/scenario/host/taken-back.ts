/** Options that cost the host a neighbour: how long that is away, and whether they are taken back. */
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import { brokerOf, type House, optionsOf } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'

/** What users are promised. */
const longestMs = 30_000

const host = LabNode.host()

export function ping(address: string): Promise<boolean> {
  return host.run('ping', '-n', '-c1', '-W1', address).then(
    () => true,
    () => false,
  )
}

/** A network that `main` doesn't know, by a rule as `ip rule add` makes it. */
export async function inOwnTable({ name, subnet }: BridgeNetwork, priority = ''): Promise<void> {
  const source = subnet.replace(/0\/\d+$/, '1')
  await host.ip([
    `route delete ${subnet} dev ${name}`,
    `route add ${subnet} dev ${name} scope link src ${source} table 300`,
    `rule add ${priority} to ${subnet} lookup 300`,
  ])
}

export function optionsIn(house: House, wans: readonly object[] = []) {
  return { ...optionsOf(house.lab.plan, wans), ...brokerOf(house.mqtt) }
}

export function waitForTakenBack(house: House): Promise<Snapshot> {
  return house.mqtt.waitForState(({ options }) => options?.taken_back !== undefined, {
    deadlineMs: longestMs,
    what: 'all to be told that the options were taken back',
  })
}

/** Resolves with when it stopped to answer. */
export async function waitForLoss(address: string): Promise<number> {
  await waitFor(async () => !(await ping(address)), {
    deadlineMs: longestMs,
    what: `${address} to be lost`,
  })
  return monotonicMs()
}

/** Resolves with when it answered again, after it had stopped to. */
export async function comesBack(address: string): Promise<{ readonly awayMs: number }> {
  const lostMs = await waitForLoss(address)
  await waitFor(() => ping(address), { deadlineMs: 60_000, what: `${address} to be back` })
  return { awayMs: monotonicMs() - lostMs }
}
