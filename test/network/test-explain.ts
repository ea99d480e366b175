/**
 * Random policies, decisions and packets: what `explain` says is what the kernel does, asked by
 * `ip route get` and by real packets; and no packet of a policy ever comes to a WAN that it may not
 * use, not even while one set of rules takes the place of another. `SEED=123 node --test` plays one
 * seed again.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createKernel } from '../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../src/kernel/port.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HostState } from '../../src/model/host.ts'
import type { Explanation } from '../../src/model/published/explanation.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import type { Uplink } from '../../src/model/uplink.ts'
import { desiredState } from '../../src/network/desired-state.ts'
import { detour } from '../../src/network/diff/detour.ts'
import { type Applied, diff } from '../../src/network/diff/diff.ts'
import { isFrom, policyOf } from '../../src/network/policies/policy-of.ts'
import { trafficClasses } from '../../src/network/policies/traffic-classes.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import type { DesiredState, Wanted } from '../../src/network/wanted.ts'
import { explain } from '../../src/report/explain.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { Random } from '../random.ts'
import { PatchPanel } from './patch-panel.ts'
import {
  gateways,
  links,
  type Question,
  randomDecision,
  randomQuestions,
  randomSettings,
} from './random-policies.ts'

const { SEED: wantedSeed } = process.env
/** Each seed: options, and so many decisions on them, one after the other. */
const decisionsPerSeed = 4
const questionsPerDecision = 40
/** So many packets of each seed come to every gateway at least, on average. */
const leastOfSeed = 8

/** By gateway; `nowhere` is where packets go that nobody carries. */
const arrived = new Map<string, number>()

let panel: PatchPanel
let kernel: Kernel
let applied: Applied = null

interface Scene {
  readonly settings: Settings
  readonly decision: Decision
}

export function testExplain(given: readonly number[]): void {
  const seeds = wantedSeed === undefined ? given : [Number(wantedSeed)]

  before(async () => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    panel = new PatchPanel(links, gateways)
    kernel = await createKernel({ log: new RecordedLog() })
  })
  after(() => kernel.close())

  for (const seed of seeds) {
    test(`explain says what the kernel does, seed ${seed}`, async () => {
      const random = new Random(seed)
      let scene = await firstScene(random)
      for (let i = 0; i < decisionsPerSeed; i++) {
        const host = await kernel.read()
        const uplinks = resolveUplinks(scene.settings.wans, host)
        const questions = randomQuestions(random, scene.settings, questionsPerDecision)
        const told = questions.map((question) => explained(question, { scene, uplinks, host }))
        for (const [k, question] of questions.entries()) {
          await assertRoute(question, told[k], { scene, seed })
          panel.send(question.sender, question)
        }
        const seen = panel.sightings()
        for (const [k, question] of questions.entries()) {
          assertSeen(question, told[k], { seen: seen.get(question.to), scene, seed })
        }
        scene = { ...scene, decision: randomDecision(random, scene.settings, scene.decision) }
        await bring(scene, random)
      }
    })
  }

  for (const seed of seeds) {
    test(`nobody leaks while the rules change, seed ${seed}`, async () => {
      const random = new Random(1_000_000 + seed)
      const from = await firstScene(random)
      const to = random.chance(0.5)
        ? { ...from, decision: randomDecision(random, from.settings, from.decision) }
        : randomScene(random, from.settings.wans)
      const questions = randomQuestions(random, from.settings, questionsPerDecision)
      panel.sightings()
      let done = false
      const sending = sendUntil(questions, () => done)
      await bring(to, random)
      done = true
      const rounds = await sending
      assert.ok(rounds > 1)
      const seen = panel.sightings()
      for (const question of questions) {
        const allowed = new Set([...usable(question, from), ...usable(question, to)])
        const leaks = [...(seen.get(question.to) ?? [])].filter((wan) => !allowed.has(wan))
        assert.deepEqual(leaks, [], `${describe(question)} may use ${[...allowed]}: SEED=${seed}`)
      }
    })
  }

  test('the packets have come to every gateway, and some to none', () => {
    const ways = [...gateways.map(({ name }) => name), 'nowhere']
    const counts = ways.map((way) => arrived.get(way) ?? 0)
    assert.ok(
      wantedSeed !== undefined || counts.every((count) => count > leastOfSeed * seeds.length),
      ways.map((way, i) => `${way} ${counts[i]}`).join(', '),
    )
  })
}

async function firstScene(random: Random): Promise<Scene> {
  const scene = randomScene(random)
  await bring(scene, random)
  return scene
}

function randomScene(random: Random, wans?: Settings['wans']): Scene {
  const settings = randomSettings(random, wans)
  return { settings, decision: randomDecision(random, settings) }
}

/** The kernel is brought there as the daemon does it. */
async function bring({ settings, decision }: Scene, random: Random): Promise<void> {
  const kept = settings.wans.filter(() => random.chance(0.5)).map(({ name }) => name)
  const host = await kernel.read()
  const wanted: Wanted = {
    settings,
    decision,
    host,
    uplinks: resolveUplinks(settings.wans, host),
    flows: { kept: bothFamilies(kept), cut: bothFamilies([]), canMark: true },
  }
  const way = detour(wanted)
  if (way === null) await apply(desiredState(wanted), host)
  else {
    const between = await apply(way, host)
    await apply({ ...desiredState(wanted), holdFirst: false }, between)
  }
}

async function apply(desired: DesiredState, host: HostState): Promise<HostState> {
  const failures = await kernel.apply(diff(desired, host, applied))
  assert.deepEqual(
    failures.map(({ error }) => error),
    [],
  )
  const after = await kernel.read()
  if (desired.nft !== null && after.nft !== null) {
    applied = { table: desired.nft, listing: after.nft }
  }
  assert.deepEqual(diff(desired, after, applied), [])
  return after
}

interface Situation {
  readonly scene: Scene
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
}

function explained(question: Question, { scene, uplinks, host }: Situation): Explanation {
  return explain({ ...scene, uplinks, host }, asked(question))
}

function asked({ family, from, to, protocol, port, sender }: Question) {
  const device = sender === 'host' ? {} : { mac: sender.mac }
  return { family, from, to, protocol, ...(protocol === 'icmp' ? {} : { port }), ...device }
}

interface Circumstances {
  readonly scene: Scene
  readonly seed: number
}

async function assertRoute(
  question: Question,
  told: Explanation | undefined,
  { scene: { settings, decision }, seed }: Circumstances,
): Promise<void> {
  assert.ok(told !== undefined)
  // nft drops it, whatever the routes say.
  if (told.link === null && /drops it/.test(told.reason)) return
  const { of } = trafficClasses(settings, decision)
  const one = of.get(told.policy) ?? null
  const own = question.sender === 'host'
  const tested = isFrom(settings.testFailover.devices, { ...asked(question), own })
  const asTested = tested ? (one?.tested ?? null) : null
  const unmarked = told.policy === 'default' && one?.balance !== true && asTested === null
  const mark = unmarked ? undefined : (asTested ?? one)?.mark
  const { family, from, to: target, sender } = question
  const way = await kernel.routeGet({
    ...{ family, from, target },
    ...(sender === 'host' ? {} : { incoming: sender.link }),
    ...(mark === undefined ? {} : { mark }),
  })
  assert.deepEqual(
    { gateway: way.nextHop?.gateway ?? null, link: way.nextHop?.link ?? null },
    { gateway: told.gateway, link: told.link },
    `the route of ${describe(question)}, ${told.policy}: SEED=${seed}`,
  )
}

function assertSeen(
  question: Question,
  told: Explanation | undefined,
  { seen = new Set(), scene, seed }: Circumstances & { seen: ReadonlySet<string> | undefined },
): void {
  assert.ok(told !== undefined)
  for (const wan of seen.size === 0 ? ['nowhere'] : seen) {
    arrived.set(wan, (arrived.get(wan) ?? 0) + 1)
  }
  const spread = told.spread ?? []
  const about = () =>
    [
      `${describe(question)} is said to go by ${told.wan}, ${told.policy}, ${told.rule}`,
      JSON.stringify(scene.settings.policies.find(({ name }) => name === told.policy)),
      `SEED=${seed} node --test test/network/explain.property.test.ts`,
    ].join('\n')
  if (spread.length > 1) {
    assert.equal(seen.size, 1, about())
    assert.ok(
      [...seen].every((wan) => spread.includes(wan)),
      `${[...seen]}, not one of ${spread}; ${about()}`,
    )
    return
  }
  assert.deepEqual([...seen], told.wan === null ? [] : [told.wan], about())
}

/** The WANs that the packet's policy may use. */
function usable(question: Question, { settings }: Scene): readonly string[] {
  const own = question.sender === 'host'
  const policy = policyOf(settings.policies, { ...asked(question), own })
  return policy?.use ?? settings.defaultPolicy.use
}

/** Half of them as new flows each time, half as running ones. */
async function sendUntil(questions: readonly Question[], isDone: () => boolean): Promise<number> {
  let rounds = 0
  while (!isDone() || rounds < 2) {
    for (const [i, question] of questions.entries()) {
      const fromPort = i % 2 === 0 ? question.fromPort : 10_000 + ((rounds * 97) % 40_000)
      panel.send(question.sender, { ...question, fromPort })
    }
    rounds += 1
    await nextTurn()
  }
  return rounds
}

function describe({ sender, protocol, from, to, port }: Question): string {
  const who = sender === 'host' ? 'this host' : `${sender.mac} on ${sender.link}`
  return `${protocol} of ${from} (${who}) to ${to} port ${port}`
}
