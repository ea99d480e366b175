/**
 * A house whose only resolver is the first WAN's router, which answers as long as its line lives.
 * The host and a client behind it ask it for names all the time.
 */
import type { ChildProcess } from 'node:child_process'
import { tellResolvers } from '../host/resolv-conf.ts'
import type { NameServerOptions } from '../internet/name-server.ts'
import type { Moment } from '../lab.ts'
import { type AnsweredName, NameStream } from '../measure/name-stream.ts'
import { dnsAnswer } from '../network/plan.ts'
import { breakLine, mendLine, type Told } from './break-line.ts'
import { House, type HouseOptions } from './house.ts'

/** A client that forwards others' questions may ask from one port all the time. */
const forwardersPort = 5353

/** What the router says that every name has; public resolvers say `dnsAnswer`. */
export const routersAnswer = '192.0.2.1'

export class NamesHouse {
  readonly house: House
  readonly resolver: string
  readonly #streams: readonly NameStream[]
  #router: ChildProcess

  private constructor(
    house: House,
    { streams, router }: { streams: NameStream[]; router: ChildProcess },
  ) {
    this.house = house
    this.resolver = house.lab.wan(1).gateway
    this.#streams = streams
    this.#router = router
  }

  /** Resolves when all are answered by the router, and the daemon knows that. */
  static async open(wanted: HouseOptions): Promise<NamesHouse> {
    const house = await House.open(wanted)
    const { lab, mqtt } = house
    const { gateway: resolver } = lab.wan(1)
    const router = await serve(house)
    tellResolvers(resolver)
    const client = lab.client(1)
    // On the resolver's own subnet a client asks past us, unless a route says otherwise.
    await client.ip([`route replace ${resolver}/32 via ${lab.plan.lan.hostAddress}`])
    const askers = [
      [lab.host, null],
      [client, null],
      [client, forwardersPort],
    ] as const
    const streams = await Promise.all(
      askers.map(([node, port]) => NameStream.start(node, { resolver, port, everyMs: 20 })),
    )
    const names = new NamesHouse(house, { streams, router })
    await names.answeredAfter(0, routersAnswer)
    await mqtt.waitForState(({ resolvers }) => resolvers[resolver]?.state === 'up', {
      deadlineMs: 45_000,
      what: 'the resolver to be up',
    })
    return names
  }

  /** The first line falls silent, and its router's resolver with it. */
  async break(): Promise<Told> {
    this.#router.kill('SIGKILL')
    return await breakLine(this.house, { wan: 1, kind: 'upstream-silent' })
  }

  async mend(): Promise<Told> {
    this.#router = await serve(this.house)
    return await mendLine(this.house, 1)
  }

  /** The line and its resolver work again, where no daemon could tell of it. */
  async mendUntold(): Promise<Moment> {
    this.#router = await serve(this.house)
    return await this.house.lab.repair(1)
  }

  /** The answers to each, of questions that were asked after a moment. */
  answeredAfter(afterMs: number, address = dnsAnswer.a): Promise<readonly AnsweredName[]> {
    const wait = { afterMs, address, deadlineMs: 20_000 }
    return Promise.all(this.#streams.map((stream) => stream.waitForAnswer(wait)))
  }

  /** How many questions of each were not answered, of those that were asked after a moment. */
  unansweredAfter(momentMs: number): readonly number[] {
    return this.#streams.map(
      (stream) => stream.askedAfter(momentMs) - stream.answersAfter(momentMs).length,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.stop()))
    tellResolvers()
    await this.house.close()
  }
}

function serve({ lab }: House): Promise<ChildProcess> {
  const options: NameServerOptions = {
    address: lab.wan(1).gateway,
    answers: { ...dnsAnswer, a: routersAnswer },
  }
  const program = new URL('../internet/name-server.ts', import.meta.url)
  return lab.gateway(1).startProgram(program, options)
}
