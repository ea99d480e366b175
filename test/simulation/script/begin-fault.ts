/** Does a fault to the world; what it returns ends it. Faults of the process are done elsewhere. */
import type { VirtualClock } from '../../fakes/virtual-clock.ts'
import type { Random } from '../../random.ts'
import type { LinkTruth } from '../world/line.ts'
import type { World } from '../world/world.ts'
import type { Fault } from './fault.ts'

export type End = () => void

interface Surroundings {
  readonly world: World
  readonly clock: VirtualClock
  readonly random: Random
  /** Takes what can't be: an error of the simulation itself. */
  readonly broken: (error: unknown) => void
}

export function beginFault(fault: Fault, surroundings: Surroundings): End {
  const { world, clock, random, broken } = surroundings
  switch (fault.kind) {
    case 'silent':
    case 'ipv6_silent':
    case 'method_silent':
    case 'tcp_dead':
    case 'captive':
    case 'lossy':
    case 'slow':
      return onLine(fault, fault.wan, world)
    case 'gateway_dead': {
      const end = onLine(fault, fault.wan, world)
      if (!fault.noticed) return end
      const cancel = clock.wake(clock.nowMs() + neighbourFailsMs, () =>
        world.tellNeighbourFailed(fault.wan),
      )
      return () => {
        cancel()
        end()
      }
    }
    case 'target_silent':
      world.targets.silent.add(fault.target)
      world.settle()
      return () => {
        world.settle()
        world.targets.silent.delete(fault.target)
        world.settle()
      }
    case 'web_server_down':
      return onOnce(world, 'web server', (there) => {
        if (there) world.targets.webDown.add(fault.server)
        else world.targets.webDown.clear()
      })
    case 'carrier_cut':
      return onLink(fault.link, world, (there) => world.setCarrier(fault.link, there))
    case 'link_down':
      return onLink(fault.link, world, (there) => world.setUp(fault.link, there))
    case 'link_gone':
      return onLink(fault.link, world, (there) => world.setPresent(fault.link, there))
    case 'lease_lost':
      return onLink(fault.link, world, (there) => world.setLeased(fault.link, there))
    case 'gateway_changed': {
      const { place, link } = world.lineOf(fault.wan)
      if (!place.learned || !isSound(link)) return nothing
      world.changeGateway(fault.wan, place.gateway.replace(/\d+$/, String(fault.lastByte)))
      return nothing
    }
    case 'rules_deleted':
      return again(clock, fault.everyMs, () =>
        world.deleteRules(({ action }) => {
          if (fault.which === 'all') return true
          if (fault.which === 'some') return random.chance(0.3)
          return action.kind === 'lookup' && action.suppressPrefixLength === 0
        }),
      )
    case 'routes_deleted':
      return again(clock, fault.everyMs, () => {
        world.deleteRoutes(() => random.chance(0.4)).catch(broken)
      })
    case 'nft_deleted':
      world.deleteNft()
      return nothing
    case 'nft_unread':
      return onOnce(world, 'unread', (there) => world.setNftUnread(there ? fault.percent : 0))
    case 'docker_network':
      return onOnce(world, `docker ${fault.number}`, (there) =>
        world.setDockerNetwork(fault.number, there),
      )
    case 'vpn_before_ours':
      return onOnce(world, 'vpn', (there) => world.setVpn(there))
    case 'kernel_refuses':
      return onOnce(world, 'refusing', (there) => world.setRefusing(there ? fault.percent : 0))
    case 'stall':
    case 'crash':
    case 'restart':
    case 'options':
    case 'command':
    case 'command_flood':
    case 'clock_set':
      return nothing
  }
}

const nothing: End = () => {}

function onLine(fault: Fault, wan: number, world: World): End {
  const line = world.lineOf(wan)
  line.faults.add(fault)
  world.settle()
  return () => {
    world.settle()
    line.faults.delete(fault)
    world.settle()
  }
}

/** A link suffers one fault at a time. */
function onLink(name: string, world: World, set: (there: boolean) => void): End {
  if (!isSound(world.link(name))) return nothing
  set(false)
  return () => {
    world.settle()
    set(true)
  }
}

function isSound({ present, up, carrier, leased }: LinkTruth): boolean {
  return present && up && carrier && leased
}

/** What is going on already doesn't begin a second time. */
function onOnce(world: World, name: string, set: (there: boolean) => void): End {
  if (world.goingOn.has(name)) return nothing
  world.goingOn.add(name)
  set(true)
  return () => {
    world.goingOn.delete(name)
    set(false)
  }
}

function again(clock: VirtualClock, everyMs: number, work: () => void): End {
  let cancel = nothing
  const round = () => {
    work()
    cancel = clock.wake(clock.nowMs() + everyMs, round)
  }
  round()
  return () => cancel()
}

/** The kernel asks three times, a second apart (arp(7), mcast_solicit). */
const neighbourFailsMs = 3_000
