/** The checks can fail: a daemon with a broken piece is found out, each piece by its own check. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kernel } from '../../src/kernel/port.ts'
import type { Family } from '../../src/model/address.ts'
import type { Audience } from '../../src/model/audience.ts'
import { probeMark } from '../../src/model/marks.ts'
import type { ProbeRequest } from '../../src/model/probe.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import type { Change } from '../../src/network/diff/change.ts'
import type { ProbeListener, Prober } from '../../src/probe/port.ts'
import { examplePolicy } from '../examples/example-settings.ts'
import type { Fault, Step } from './script/fault.ts'
import { type Plan, simulate } from './simulate.ts'
import type { Sabotage } from './world/simulated-process.ts'
import { topologies } from './world/topologies.ts'

interface Row {
  readonly what: string
  readonly sabotage: Sabotage
  readonly faults: readonly Fault[]
  readonly found: RegExp
  /** Of each fault; left out: 15 s. */
  readonly lastsMs?: number
  /** What the user wants of sidesteps. */
  readonly sidestep?: Settings['sidestep']
}

const outage: Fault = { kind: 'silent', wan: 0 }

const rows: readonly Row[] = [
  {
    what: 'a health that says down too soon',
    sabotage: {
      settings: (settings) => ({
        ...settings,
        probe: { ...settings.probe, timeoutMs: 30, downAfter: 1 },
      }),
    },
    faults: [{ kind: 'slow', wan: 0, latencyMs: 250, jitterMs: 100 }],
    found: /^invariant 7: the sound (cable|hotspot) is reported down/,
  },
  {
    what: 'a prober that hears answers where there are none',
    sabotage: { prober: credulous },
    faults: [outage],
    found: /^liveness: traffic stays on cable/,
  },
  {
    what: 'a prober that hears answers over IPv6 where there are none',
    sabotage: { prober: (prober, tell) => credulousIn('ipv6', prober, tell) },
    faults: [{ kind: 'ipv6_silent', wan: 0 }],
    found: /^(health: IPv6 of cable is up, though it has long been dead|liveness: IPv6 stays)/,
  },
  {
    what: 'a prober that sends nothing over IPv6',
    sabotage: { prober: (prober) => deafIn('ipv6', prober) },
    faults: [],
    found: /^invariant 7: sound IPv6 of cable is reported down/,
  },
  {
    what: 'a prober that sends nothing',
    sabotage: { prober: (prober) => ({ ...bound(prober), send: () => {} }) },
    faults: [],
    found: /^invariant 7: the sound (cable|hotspot) is reported down/,
  },
  {
    what: 'a kernel that forgets to delete rules',
    sabotage: { kernel: (kernel) => without(kernel, ({ kind }) => kind === 'delete_rule') },
    faults: [outage],
    found: /^invariant (4: still there|6: reports a move)/,
  },
  {
    what: 'an old rule that goes before the new one is there',
    sabotage: { kernel: deletesFirst },
    faults: [outage],
    found: /^invariant 4: a moment without a rule of priority 10900/,
  },
  {
    what: 'a kernel that reports no change',
    sabotage: { kernel: (kernel) => changed(kernel, { watch: () => {} }) },
    faults: [{ kind: 'rules_deleted', which: 'all', everyMs: 100_000 }],
    found: /^invariant (5: not there within a second|3: a probe)/,
  },
  {
    what: 'an nft table that is never made',
    sabotage: { kernel: (kernel) => without(kernel, ({ kind }) => kind === 'replace_nft') },
    faults: [],
    found: /^invariant 5: not there within a second: the nft table/,
  },
  {
    what: 'an nft that goes on listing what others have deleted',
    sabotage: { kernel: staleInNft },
    faults: [{ kind: 'nft_deleted' }],
    found: /^invariant 5: not there within a second: the nft table/,
  },
  {
    what: 'probe rules that are missing',
    sabotage: {
      kernel: (kernel) =>
        without(
          kernel,
          (change) => change.kind === 'add_rule' && change.rule.mark?.value === probeMark(1),
        ),
    },
    faults: [],
    found: /^invariant (3: a probe of hotspot|5: not there)/,
  },
  {
    what: 'copies of main that are missing, with the rule that looks them up',
    sabotage: {
      kernel: (kernel) =>
        without(
          kernel,
          (change) =>
            (change.kind === 'add_rule' && change.rule.priority === 10000) ||
            (change.kind === 'replace_route' && !change.route.destination.endsWith('/0')),
        ),
    },
    faults: [],
    found: /^invariant 1: a packet to .* goes to 192\.168\.1\.1 on eth0/,
  },
  {
    what: 'a move that is not reported',
    sabotage: { audience: silent },
    faults: [outage],
    found: /^invariant 6: traffic moved from cable to hotspot and no event says why/,
  },
  {
    what: 'a sidestep that nobody counts',
    sabotage: { audience: uncounted },
    faults: [outage],
    lastsMs: 600,
    found: /^invariant 6: (new connections left cable|traffic moved from cable to hotspot)/,
  },
  {
    what: 'a sidestep that the user does not want',
    sabotage: { settings: (settings) => ({ ...settings, sidestep: 'auto' }) },
    faults: [outage],
    lastsMs: 600,
    sidestep: 'off',
    found: /^invariant 10: new connections avoid cable with sidestep: off/,
  },
  {
    what: 'a failback that does not wait',
    sabotage: {
      settings: (settings) => ({ ...settings, failback: { ...settings.failback, delayMs: 0 } }),
    },
    faults: [outage],
    found: /^hold-down: returns to cable/,
  },
  {
    what: 'a policy that goes where it may not',
    sabotage: {
      settings: (settings) => ({ ...settings, policies: [examplePolicy('pinned', ['cable'])] }),
    },
    faults: [],
    found: /^invariant 2: pinned may use hotspot only, not cable/,
  },
  {
    what: 'policies that fail open',
    sabotage: { settings: (settings) => ({ ...settings, policies: [] }) },
    faults: [],
    found: /^invariant 2: 0 of 1 lists of WANs fail closed/,
  },
  {
    what: 'a stop that leaves routes behind',
    sabotage: { kernel: (kernel) => without(kernel, ({ kind }) => kind === 'delete_route') },
    faults: [{ kind: 'restart' }],
    found: /^invariant 4: after restore there is still/,
  },
  {
    what: 'a daemon that touches the routes of others',
    sabotage: { kernel: touchesOthers },
    faults: [],
    found: /^invariant (touches what is not ours|4: others')/,
  },
  {
    what: 'a test that does not end',
    sabotage: {
      settings: (settings) => ({ ...settings, testFailover: { durationMs: 1e9, devices: [] } }),
    },
    faults: [{ kind: 'command', command: { kind: 'set_test', on: true } }],
    found: /^test: the failover test does not end/,
  },
]

for (const row of rows) {
  test(`found out: ${row.what}`, async () => {
    const { violation } = await simulate(planWith(row), row.sabotage)
    assert.match(violation ?? 'nothing', row.found)
  })
}

test('without any sabotage the same scripts keep every invariant', async () => {
  const plans = new Map(rows.map((row) => [JSON.stringify(planWith(row)), row]))
  for (const row of plans.values()) {
    const { violation } = await simulate(planWith(row))
    assert.equal(violation, null, row.what)
  }
})

function planWith({ faults, lastsMs = 15_000, sidestep = 'auto' }: Row): Plan {
  const house = topologies('restore').find(({ name }) => name === 'two cards')
  assert.ok(house)
  const policies = [examplePolicy('pinned', ['hotspot'])]
  const topology = { ...house, settings: { ...house.settings, policies, sidestep } }
  const steps: Step[] = faults.map((fault, i) => ({
    atMs: 20_000 * (i + 1),
    durationMs: lastsMs,
    fault,
  }))
  return { seed: 1, topology, lengthMs: 180_000, script: steps }
}

/** The kernel with some of its calls changed. */
function changed(kernel: Kernel, calls: Partial<Kernel>): Kernel {
  return {
    read: () => kernel.read(),
    apply: (changes) => kernel.apply(changes),
    routeGet: (question) => kernel.routeGet(question),
    watch: (listener) => kernel.watch(listener),
    capabilities: () => kernel.capabilities(),
    forwarding: () => kernel.forwarding(),
    linkBytes: (link) => kernel.linkBytes(link),
    counters: () => kernel.counters(),
    neighbourState: (address, link) => kernel.neighbourState(address, link),
    askRouters: (link) => kernel.askRouters(link),
    forgetUnmasqueraded: (sources) => kernel.forgetUnmasqueraded(sources),
    tcpFlows: (question) => kernel.tcpFlows(question),
    forgetFlows: (question) => kernel.forgetFlows(question),
    forgetUnanswered: (question) => kernel.forgetUnanswered(question),
    forgetOwnFlows: (question) => kernel.forgetOwnFlows(question),
    forgetQueries: (resolvers) => kernel.forgetQueries(resolvers),
    close: () => kernel.close(),
    ...calls,
  }
}

/** It says of our table what it said last, as long as it knows of one. */
function staleInNft(kernel: Kernel): Kernel {
  let last: string | null = null
  const read = async () => {
    const host = await kernel.read()
    last = host.nft ?? last
    return { ...host, nft: last }
  }
  return changed(kernel, { read })
}

function without(kernel: Kernel, forgotten: (change: Change) => boolean): Kernel {
  return changed(kernel, {
    apply: (changes) => kernel.apply(changes.filter((change) => !forgotten(change))),
  })
}

function deletesFirst(kernel: Kernel): Kernel {
  const isSwitch = (change: Change) => change.kind === 'add_rule' && change.rule.priority === 10900
  return changed(kernel, {
    apply: async (changes) => {
      const { rules } = changes.some(isSwitch) ? await kernel.read() : { rules: [] }
      const old = rules.filter(({ priority }) => priority === 10900)
      const deletions = old.map((rule) => ({ kind: 'delete_rule', rule }) as const)
      return await kernel.apply([...deletions, ...changes])
    },
  })
}

function touchesOthers(kernel: Kernel): Kernel {
  return changed(kernel, {
    apply: async (changes) => {
      const { routes } = await kernel.read()
      const [theirs] = routes.filter(({ protocol }) => protocol === 16)
      const more: Change[] = theirs === undefined ? [] : [{ kind: 'delete_route', route: theirs }]
      return await kernel.apply([...changes, ...more])
    },
  })
}

/** Believes every probe to be answered at once. */
function credulous(prober: Prober, tell: ProbeListener): Prober {
  const send = ({ id, wan }: ProbeRequest) =>
    queueMicrotask(() => tell({ id, wan, outcome: { kind: 'answered', rttMs: 10 } }))
  return { ...bound(prober), send }
}

function credulousIn(family: Family, prober: Prober, tell: ProbeListener): Prober {
  const all = credulous(prober, tell)
  const send = (request: ProbeRequest) => (request.family === family ? all : prober).send(request)
  return { ...bound(prober), send }
}

function deafIn(family: Family, prober: Prober): Prober {
  const send = (request: ProbeRequest) => {
    if (request.family !== family) prober.send(request)
  }
  return { ...bound(prober), send }
}

function bound(prober: Prober): Prober {
  return {
    send: (request) => prober.send(request),
    askPublicAddress: (wan) => prober.askPublicAddress(wan),
    askResolver: (question) => prober.askResolver(question),
    askServer: (question) => prober.askServer(question),
    lookUp: (wan, name) => prober.lookUp(wan, name),
    isThere: (wan, address) => prober.isThere(wan, address),
    checkWeb: (wan) => prober.checkWeb(wan),
    poke: (flows) => prober.poke(flows),
    close: () => prober.close(),
  }
}

function uncounted(audience: Audience): Audience {
  return {
    publish: (snapshot) => audience.publish({ ...snapshot, sidesteps: 0, suspect: [] }),
    announce: (event) => audience.announce(event),
    close: () => audience.close(),
  }
}

function silent(audience: Audience): Audience {
  return {
    publish: (snapshot) => audience.publish(snapshot),
    announce: () => {},
    close: () => audience.close(),
  }
}
