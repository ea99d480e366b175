/**
 * A machine with Debian's own kernel in the place of the lab's host: its network card is plugged into
 * the lab's switch, systemd-networkd gives it its address, and a power cut is a reset.
 */
import '../../lab/enter-namespace.ts'
import { allowed, Guest } from '../../guest/guest.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { InstalledService } from '../../systemd/installed-service.ts'
import { waitFor } from '../../wait-for.ts'
import type { Box } from '../power-cuts/box.ts'
import { Neighbourhood } from '../power-cuts/neighbourhood.ts'

const cable = { name: 'guest', mac: '02:00:00:00:00:03' }

export class GuestBox implements Box {
  readonly slowness = allowed(1)
  readonly around: Neighbourhood
  readonly #guest: Guest

  private constructor(guest: Guest, around: Neighbourhood) {
    this.#guest = guest
    this.around = around
  }

  static async open(): Promise<GuestBox> {
    const around = await Neighbourhood.open({ slowness: allowed(1) })
    const guest = await Guest.boot({ cable })
    const box = new GuestBox(guest, around)
    try {
      await box.#plugIn()
      await box.#configureNetwork()
      await new InstalledService(box).install()
      await guest.run('sync')
    } catch (error) {
      await box.close()
      throw error
    }
    return box
  }

  run(command: string, ...args: readonly string[]): Promise<string> {
    return this.#guest.run(command, ...args)
  }

  writeFile(file: string, text: string): Promise<void> {
    return this.#guest.writeFile(file, text)
  }

  dump(): Promise<string> {
    return dumpHost(this.#guest)
  }

  cutPower(): Promise<void> {
    return this.#guest.cutPower()
  }

  waitUntilUp(): Promise<void> {
    return this.#guest.waitUntilUp()
  }

  async close(): Promise<void> {
    await this.#guest.close()
    await this.around.close()
  }

  /** The lab's host is unplugged, and the guest takes its place. */
  async #plugIn(): Promise<void> {
    const { lab } = this.around
    const { interface: own } = lab.plan.lan
    await lab.host.ip([`link set ${own} down`, `link set ${cable.name} netns ${lab.switch.pid}`])
    await lab.switch.ip([`link set ${cable.name} master lan up`])
  }

  async #configureNetwork(): Promise<void> {
    const { hostAddress } = this.around.lab.plan.lan
    const { gateway, metric } = this.around.lab.wan(1)
    const lines = [
      ...['[Match]', 'Driver=virtio_net', '[Network]', `Address=${hostAddress}/24`],
      ...['IPForward=ipv4', 'LinkLocalAddressing=no', 'IPv6AcceptRA=no'],
      ...['[Route]', `Gateway=${gateway}`, `Metric=${metric}`, ''],
    ]
    await this.#guest.writeFile('/etc/systemd/network/lan.network', lines.join('\n'))
    await this.#guest.run('systemctl', 'enable', '--now', 'systemd-networkd')
    const what = 'the guest to answer'
    await waitFor(async () => (await this.around.whoMisses()).length === 0, {
      deadlineMs: allowed(20_000),
      what,
    })
  }
}
