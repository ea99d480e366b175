import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Reconciler } from '../../src/daemon/reconciler.ts'
import type { RouteAnswer, RouteQuestion } from '../../src/model/host.ts'
import type { Rescue } from '../../src/model/resolver.ts'
import { desiredState, nothing } from '../../src/network/desired-state.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { lookUp } from '../examples/example-rule.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { FakeKernel } from '../fakes/fake-kernel.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

const settings = exampleSettings()

describe('the reconciler', () => {
  let kernel: FakeKernel
  let log: RecordedLog
  let reconciler: Reconciler

  beforeEach(() => {
    kernel = new FakeKernel()
    kernel.addLink('eth0')
    kernel.addAddress('eth0', '192.168.0.3/24')
    log = new RecordedLog()
    reconciler = new Reconciler(kernel, log)
  })

  async function pass(nowMs: number, wan = 'primary', rescues: readonly Rescue[] = []) {
    const host = await kernel.read()
    const uplinks = resolveUplinks(settings.wans, host)
    const decision = exampleDecision(wan)
    const desired = desiredState({ settings, uplinks, decision, host, rescues })
    return reconciler.reconcile(desired, host, { uplinks, nowMs })
  }

  test('brings an empty host to what is wanted in one pass, and then has nothing to do', async () => {
    const first = await pass(0)
    assert.ok(first.changes.length > 20)
    assert.deepEqual((await pass(1)).changes, [])
    assert.deepEqual(log.lines, [])
  })

  test('a flip is two changes a family: the new rule, then the old one away', async () => {
    await pass(0)
    const { changes } = await pass(1, 'secondary')
    const ofIpv4 = changes.filter((change) => 'rule' in change && change.rule.family === 'ipv4')
    assert.equal(changes.length, 4)
    assert.deepEqual(
      ofIpv4.map((change) => [change.kind, 'rule' in change ? change.rule.action : null]),
      [
        ['add_rule', lookUp(101)],
        ['delete_rule', lookUp(100)],
      ],
    )
  })

  test('who waits for the rules hears of them before the firewall is changed and all read back', async () => {
    const seen: string[] = []
    const rulesOf = () => kernel.applied.slice(known).map(({ kind }) => kind)
    let known = 0
    reconciler = new Reconciler(kernel, log, () => seen.push(rulesOf().join(' ')))
    await pass(0)
    known = kernel.applied.length
    seen.length = 0
    await pass(1, 'secondary', [
      { resolver: '192.168.0.1', answersBy: new Map([['secondary', '8.8.8.8']]) },
    ])
    assert.deepEqual(seen, ['add_rule add_rule delete_rule delete_rule'])
    assert.equal(rulesOf().at(-1), 'replace_nft')
    await pass(2, 'secondary', [
      { resolver: '192.168.0.1', answersBy: new Map([['secondary', '8.8.8.8']]) },
    ])
    assert.equal(seen.length, 1)
  })

  test('what was lost is held back for a little quiet, named, and put back', async () => {
    await pass(0)
    kernel.removeRules(({ priority }) => priority === 10000)
    reconciler.sign(1_000)
    const held = await pass(1_000)
    assert.deepEqual(held.changes, [])
    assert.ok(held.laterAtMs > 1_000 && held.laterAtMs <= 1_200)
    assert.match(log.lines.join(), /rule 10000/)
    assert.equal((await pass(held.laterAtMs)).changes.length, 2)
  })

  test("its accept among Docker's rules is put back by the same pace, and restored away", async () => {
    kernel.changeDocker((docker) => {
      docker.chains.set('ipv4', ['-j RETURN'])
      docker.drops = ['ipv4']
    })
    await pass(0)
    const [accept, ...rest] = kernel.dockerUser.chains.get('ipv4') ?? []
    assert.match(accept ?? '', /-i eth0 -o eth0 .*-j ACCEPT/)
    kernel.changeDocker((docker) => docker.chains.set('ipv4', rest))
    reconciler.sign(1_000)
    const held = await pass(1_000)
    assert.deepEqual(held.changes, [])
    assert.match(log.lines.join(), /put it back: rule in DOCKER-USER: -i eth0 -o eth0/)
    await pass(held.laterAtMs)
    assert.deepEqual(kernel.dockerUser.chains.get('ipv4'), [accept, '-j RETURN'])
    assert.deepEqual(await reconciler.restore(nothing), [])
    assert.deepEqual(kernel.dockerUser.chains.get('ipv4'), ['-j RETURN'])
  })

  test('a change that costs the way to a gateway is taken back and not tried again at once', async () => {
    const before = await kernel.read()
    const honest = kernel.routeGet.bind(kernel)
    kernel.routeGet = async (question: RouteQuestion): Promise<RouteAnswer> => {
      const ours = (await kernel.read()).rules.some(({ priority }) => priority === 10900)
      const lost = ours && question.target === '192.168.0.1'
      return lost ? { nextHop: null, table: 0, source: null } : honest(question)
    }
    const done = await pass(0)
    assert.match(done.problems.join(), /cut off a gateway and was undone/)
    const after = await kernel.read()
    assert.deepEqual(after.rules, before.rules)
    assert.deepEqual(after.routes, before.routes)
    assert.deepEqual((await pass(5_000)).changes, [])
    assert.equal(log.matching(/was undone/).length, 1)
  })

  test('a gateway that another program cuts off amid a change is no reason to take it back', async () => {
    await pass(0)
    const apply = kernel.apply.bind(kernel)
    kernel.apply = async (changes) => {
      const failures = await apply(changes)
      if (!changes.some(({ kind }) => kind === 'delete_rule')) return failures
      kernel.apply = apply
      kernel.removeRules(({ priority }) => priority === 10000)
      const { routes } = await kernel.read()
      for (const route of routes) {
        if (route.table === 101 && !route.destination.endsWith('/0')) kernel.removeRoute(route)
      }
      return failures
    }
    const { problems, decided } = await pass(1_000, 'secondary')
    assert.deepEqual(problems, [])
    assert.equal(decided.ipv4, true)
    const { rules } = await kernel.read()
    assert.ok(rules.some(({ priority }) => priority === 10000))
  })

  test('a lease that ends while a change is read back is no reason to take it back', async () => {
    await pass(0)
    const [apply, read] = [kernel.apply.bind(kernel), kernel.read.bind(kernel)]
    kernel.apply = async (changes) => {
      kernel.read = async () => {
        const host = await read()
        kernel.read = read
        kernel.removeAddress('eth0', '192.168.0.3/24')
        return host
      }
      kernel.apply = apply
      return await apply(changes)
    }
    const { problems } = await pass(1_000, 'secondary')
    assert.deepEqual(problems, [])
    assert.deepEqual(log.matching(/was undone/), [])
  })

  test('a step that fails does not keep the others from being made, and is told once', async () => {
    kernel.refuse = (change) => (change.kind === 'replace_nft' ? 'nft: not supported' : null)
    const first = await pass(0)
    assert.match(first.problems.join(), /not supported/)
    await pass(10_000)
    await pass(20_000)
    assert.equal(log.matching(/not supported/).length, 1)
    assert.ok((await kernel.read()).rules.some(({ priority }) => priority === 10900))
  })

  test('restoring leaves exactly what was there, and names what it could not take away', async () => {
    const before = await kernel.read()
    await pass(0)
    assert.deepEqual(await reconciler.restore(nothing), [])
    assert.deepEqual(await kernel.read(), before)
    reconciler = new Reconciler(kernel, log)
    await pass(1)
    kernel.refuse = (change) => (change.kind === 'delete_rule' ? 'not permitted' : null)
    assert.match((await reconciler.restore(nothing)).join(), /still there: rule 10900/)
  })

  test('restoring forgets queries that were handed to another resolver, and no others', async () => {
    await pass(0, 'secondary')
    await reconciler.restore(nothing)
    assert.deepEqual(kernel.forgottenQueries, [])
    reconciler = new Reconciler(kernel, log)
    const read = kernel.read.bind(kernel)
    kernel.read = async () => {
      const host = await read()
      // As nft lists it: with tabs.
      return { ...host, nft: host.nft?.replaceAll(/^ {2}(?=\S)/gm, '\t') ?? null }
    }
    const answersBy = new Map([['secondary', '8.8.8.8']])
    await pass(1, 'secondary', [{ resolver: '192.168.0.1', answersBy }])
    await reconciler.restore(nothing)
    assert.deepEqual(kernel.forgottenQueries, [['192.168.0.1']])
  })
})
