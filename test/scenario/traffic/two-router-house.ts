/** A house with two IPv6 routers on one link. */
import { House } from '../../lab/house/house.ts'

const deadlineMs = 20_000

/** Both lines learn their IPv6 gateway by themselves. */
export function openHouse(probe: object = {}): Promise<House> {
  return House.open({
    topology: 'one-subnet',
    ipv6: true,
    wans: [{ gateway6: 'auto' }, { gateway6: 'auto' }],
    options: { probe: { methods: ['icmp'], ...probe } },
  })
}

export function waitForIpv6({ mqtt }: House, wan: 'primary' | 'secondary', wanted: string) {
  return mqtt.waitForState(({ wans }) => wans[wan]?.ipv6?.state === wanted, {
    deadlineMs,
    what: `IPv6 of ${wan} to be ${wanted}`,
  })
}
