/**
 * The service on a machine with a disk of its own, installed as a user does, and the plug is pulled
 * in the midst of something while a client sends. Whatever it was: with power again it manages both
 * lines as planned, and knows what it had on the disk.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { planLab } from '../../lab/network/plan.ts'
import type { Random } from '../../random.ts'
import { InstalledService, optionsFile } from '../../systemd/installed-service.ts'
import { waitFor } from '../../wait-for.ts'
import type { Box } from './box.ts'

export const moments = ['start', 'flip', 'options', 'mode', 'history'] as const
export type Moment = (typeof moments)[number]

/** What a user decides: which options, which mode. */
interface Wish {
  readonly tablet: boolean
  readonly mode: 'automatic' | 'secondary'
}

const wishes: readonly Wish[] = [
  { tablet: true, mode: 'secondary' },
  { tablet: true, mode: 'automatic' },
  { tablet: false, mode: 'secondary' },
  { tablet: false, mode: 'automatic' },
]

export class PowerCutTrial {
  readonly #box: Box
  readonly #service: InstalledService
  /** The host as it is set up without any cut, by the wish. */
  readonly #planned = new Map<string, string>()
  /** What the disk may hold. */
  #wished: readonly Wish[] = []
  #firstCutMs = 0

  private constructor(box: Box) {
    this.#box = box
    this.#service = new InstalledService(box)
  }

  static async open(box: Box): Promise<PowerCutTrial> {
    const trial = new PowerCutTrial(box)
    await trial.#learn()
    return trial
  }

  /** Pulls the plug at a random point of that; what is not right afterwards. */
  async cut(moment: Moment, random: Random): Promise<readonly string[]> {
    const going = this.#begin(moment)
    // It ends with the machine.
    going.catch(() => undefined)
    if (moment === 'history') await going
    await pause(random.between(0, this.#mostMs(moment)))
    await this.#box.cutPower()
    await this.#box.around.mendLines()
    await going.catch(() => undefined)
    await this.#box.waitUntilUp()
    const wrong: string[] = []
    await this.#judge((what) => wrong.push(what))
    return wrong
  }

  async #learn(): Promise<void> {
    // No name is asked here, so nobody misses those who would know it.
    await this.#box.writeFile('/etc/resolv.conf', '')
    for (const wish of wishes) {
      await this.#box.writeFile(optionsFile, optionsText(wish))
      await this.#retried(() => this.#service.setMode(wish.mode), 'the mode to be taken')
      await this.#settled(wish)
      // As one that starts has it, which has nothing to cut. Its end brings the history to the disk.
      await this.#box.run('systemctl', 'restart', 'wan-failover')
      await this.#settled(wish)
      this.#planned.set(JSON.stringify(wish), await this.#box.dump())
      this.#wished = [wish]
    }
    await this.#box.run('sync')
    this.#firstCutMs = await this.#service.clockMs()
  }

  get #wish(): Wish {
    return this.#wished.at(-1) as Wish
  }

  async #begin(moment: Moment): Promise<void> {
    switch (moment) {
      case 'start':
        await this.#box.run('systemctl', 'restart', 'wan-failover')
        break
      case 'flip':
        await this.#box.around.silence(lineOf(this.#wish))
        break
      case 'options': {
        const wish = { ...this.#wish, tablet: !this.#wish.tablet }
        this.#wished = [this.#wish, wish]
        await this.#service.saveOptions(optionsOfWish(wish))
        break
      }
      case 'mode': {
        const mode = this.#wish.mode === 'automatic' ? 'secondary' : 'automatic'
        this.#wished = [this.#wish, { ...this.#wish, mode }]
        await this.#service.setMode(mode)
        break
      }
      case 'history':
        await this.#service.waitForHistoryWrite()
        break
    }
  }

  async #judge(wrong: (what: string) => void): Promise<void> {
    const { mode } = await this.#retried(() => this.#service.state(), 'the service to answer')
    // Else they go back by themselves within the minute.
    await this.#retried(() => this.#service.confirmOptions(), 'the page to be there')
    const options = JSON.parse(await this.#box.run('cat', optionsFile)) as object
    const tablet = 'policies' in options
    const text = JSON.stringify(options)
    const known = this.#wished.filter((wish) => text === JSON.stringify(optionsOfWish(wish)))
    if (known.length === 0) wrong(`the options are neither the old nor the new ones: ${text}`)
    const rights = await this.#box.run('stat', '--format=%a %U', optionsFile)
    if (rights !== '600 root') wrong(`the options have the rights ${rights}`)
    const wish = { tablet, mode } as Wish
    if (!this.#wished.some((one) => one.mode === mode)) wrong(`the mode is ${mode}`)
    await this.#settled(wish)
    this.#wished = [wish]
    const dump = await this.#box.dump()
    const planned = this.#planned.get(JSON.stringify(wish)) ?? ''
    for (const line of difference(planned, dump)) wrong(`not as planned: ${line}`)
    await this.#judgeMemory(wrong)
    await this.#judgeTraffic(wish, wrong)
  }

  async #judgeMemory(wrong: (what: string) => void): Promise<void> {
    const told = await this.#service.warnings()
    const isExpected = (line: string) => this.#box.slowness > 1 && saysThatItIsSlow.test(line)
    for (const line of told) if (!isExpected(line)) wrong(`it says: ${line}`)
    const history = await this.#service.history()
    const before = history.events.filter(({ at }) => Date.parse(at) < this.#firstCutMs)
    if (before.length === 0) wrong('the history has lost what was on the disk')
  }

  async #judgeTraffic(wish: Wish, wrong: (what: string) => void): Promise<void> {
    if (!(await this.#box.around.carriesBy(lineOf(wish)))) wrong('the clients go by the other line')
    const missing = await this.#box.around.whoMisses()
    if (missing.length > 0) wrong(`the host does not answer ${missing.join(', ')}`)
  }

  async #settled({ mode, tablet }: Wish): Promise<void> {
    const used = mode === 'automatic' ? 'primary' : 'secondary'
    await this.#retried(
      async () => {
        const { policies, ...state } = await this.#service.state()
        assert.deepEqual({ mode: state.mode, tablet: 'tablet' in policies }, { mode, tablet })
        return true
      },
      `${JSON.stringify({ mode, tablet })} to be in force`,
    )
    await this.#service.waitForStatus(`${used} is in use (primary up, secondary up)`)
  }

  /** How long it goes on after it has begun. */
  #mostMs(moment: Moment): number {
    const { slowness } = this.#box
    switch (moment) {
      case 'start':
        return 2_500 * slowness
      case 'flip':
        return 1_500 * slowness
      case 'options':
      case 'mode':
        return writingMs
      case 'history':
        return 300 * slowness
    }
  }

  /** For as long as its page is away. */
  #retried<T>(work: () => Promise<T>, what: string) {
    return waitFor(work, { deadlineMs: 20_000 * this.#box.slowness, everyMs: 500, what })
  }
}

/**
 * An emulated machine boots longer than the minute in which options are to be confirmed, its tools
 * and lines need longer than the service waits for them, and that says so.
 */
const saysThatItIsSlow =
  /^the previous options (are back|can't be put back: nobody wrote)|did not answer within| is (down|degraded): |^no Internet: /
/** A file system brings what it was given to the disk within some seconds. */
const writingMs = 8_000
const plan = planLab('one-subnet', false)

function lineOf({ mode }: Wish): 1 | 2 {
  return mode === 'automatic' ? 1 : 2
}

/** Lines that only one of the two has; with the same lines, the first that stands elsewhere. */
function difference(planned: string, found: string): readonly string[] {
  const [before, after] = [planned.split('\n'), found.split('\n')]
  const missing = before.filter((line) => !after.includes(line))
  const more = after.filter((line) => !before.includes(line))
  const changed = [...missing.map((line) => `- ${line}`), ...more.map((line) => `+ ${line}`)]
  if (changed.length > 0) return changed
  const [wanted, there] = [inOrder(planned), inOrder(found)]
  const place = wanted.findIndex((line, nth) => line !== there[nth])
  return place < 0 ? [] : [`another order, ${there[place]} in the place of ${wanted[place]}`]
}

/**
 * A table that is made anew has its sets and chains in another order than one that grew; what closes
 * the table belongs to none of them.
 */
function inOrder(dump: string): readonly string[] {
  return dump
    .split(/\n(?=\t(?:set|map|chain) |\})/)
    .toSorted()
    .flatMap((part) => part.split('\n'))
}

function optionsOfWish({ tablet }: Wish): object {
  const policy = { name: 'tablet', from: ['192.168.0.77'], use: ['secondary'] }
  const [primary, secondary] = plan.wans.map(({ gateway }) => ({ gateway }))
  const wans = [
    { name: 'primary', ...primary },
    { name: 'secondary', ...secondary },
  ]
  const options = {
    wans,
    probe: { targets: plan.targets.slice(0, 3), methods: ['icmp'] },
    failback: { delay: 2 },
  }
  return tablet ? { ...options, policies: [policy] } : options
}

function optionsText(wish: Wish): string {
  return `${JSON.stringify(optionsOfWish(wish), null, 2)}\n`
}
