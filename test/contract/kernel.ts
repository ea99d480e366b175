/**
 * What every `Kernel` does, the real one and the fake. The host it is tried on has the links
 * `one` (192.168.1.3/24, 2001:db8:1::3/64) and `two` (192.168.2.3/24), up, and nothing else.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Kernel } from '../../src/kernel/port.ts'
import type { Family } from '../../src/model/address.ts'
import type { KernelSign } from '../../src/model/event.ts'
import type { DockerAccept, HostState, Route, Rule } from '../../src/model/host.ts'
import { ourProtocol } from '../../src/model/marks.ts'
import type { Change } from '../../src/network/diff/change.ts'
import { by, ourRoute } from '../examples/example-route.ts'
import { lookUp, ourRule } from '../examples/example-rule.ts'
import { waitFor } from '../wait-for.ts'

export interface ContractHost {
  readonly kernel: Kernel
  /** Somebody else's hand on the host. */
  setLinkUp(link: string, up: boolean): void
  addAddress(link: string, address: string): void
  removeAddress(link: string, address: string): void
  addRoute(route: Route): void
  addRule(rule: Rule): void
  removeRule(rule: Rule): void
  removeNft(): void
  /**
   * Docker's chain for its users with these rules, in place of what was there; its families'
   * chains for forwarded packets drop. null: Docker's chains are gone.
   */
  setDockerUser(rules: Readonly<Partial<Record<Family, readonly string[]>>> | null): void
  /** As `iptables -S` prints them, behind the chain's name. */
  dockerUser(family: Family): readonly string[]
  setNeighbour(address: string, link: string, state: 'REACHABLE' | 'FAILED'): void
  close(): Promise<void>
}

export const oursOf = ({ rules, routes }: HostState) => ({
  rules: rules.filter(({ protocol }) => protocol === ourProtocol),
  routes: routes.filter(({ protocol }) => protocol === ourProtocol),
})

function accept(match: string, family: Family = 'ipv4'): DockerAccept {
  return { family, words: `${match} -m comment --comment wan_failover -j ACCEPT` }
}

export function kernelContract(name: string, makeHost: () => Promise<ContractHost>): void {
  describe(`the kernel contract holds for ${name}`, () => {
    let host: ContractHost
    let signs: KernelSign[] = []
    before(async () => {
      host = await makeHost()
      host.kernel.watch((sign) => signs.push(sign))
    })
    after(() => host.close())

    async function ours(): Promise<ReturnType<typeof oursOf>> {
      return oursOf(await host.kernel.read())
    }
    async function applied(...changes: Change[]): Promise<void> {
      assert.deepEqual(await host.kernel.apply(changes), [])
    }
    async function assertSigned(kind: KernelSign['kind'], work: () => void): Promise<void> {
      signs = []
      work()
      await waitFor(() => signs.some((sign) => sign.kind === kind), {
        what: `a sign of kind ${kind}`,
      })
    }
    async function cleaned(): Promise<void> {
      const { rules, routes } = await ours()
      await applied(
        ...rules.map((rule) => ({ kind: 'delete_rule', rule }) as const),
        ...routes.map((route) => ({ kind: 'delete_route', route }) as const),
        { kind: 'delete_nft' },
      )
    }

    test('it reads the links, addresses, routes and rules of the host', async () => {
      const state = await host.kernel.read()
      const one = state.links.find((link) => link.name === 'one')
      assert.deepEqual(
        [one?.up, one?.carrier, one?.type, one?.mac?.length],
        [true, true, 'ether', 17],
      )
      assert.equal(state.links.find((link) => link.name === 'lo')?.type, 'loopback')
      assert.deepEqual(
        state.addresses.filter((address) => address.address === '192.168.1.3'),
        [
          {
            family: 'ipv4',
            link: 'one',
            address: '192.168.1.3',
            prefixLength: 24,
            scope: 'global',
            usable: true,
          },
        ],
      )
      assert.deepEqual(
        state.routes.find((route) => route.destination === '192.168.1.0/24'),
        ourRoute({
          destination: '192.168.1.0/24',
          table: 254,
          protocol: 2,
          scope: 'link',
          source: '192.168.1.3',
          nextHops: [by(null)],
        }),
      )
      assert.ok(state.routes.some((route) => route.destination === '2001:db8:1::/64'))
      assert.ok(state.routes.every((route) => route.table !== 255))
      assert.deepEqual(
        state.rules.map((rule) => `${rule.family} ${rule.priority} ${rule.action.kind}`),
        ['ipv4 0', 'ipv4 32766', 'ipv4 32767', 'ipv6 0', 'ipv6 32766'].map(
          (rule) => `${rule} lookup`,
        ),
      )
      assert.equal(state.ipv6, true)
      assert.equal(state.nft, null)
    })

    test('it adds a rule once, however often it is asked, and deletes what is gone', async () => {
      const rule = ourRule({
        priority: 9930,
        incoming: 'lo',
        ipProtocol: 'udp',
        sourcePorts: { first: 61000, last: 61099 },
      })
      await applied({ kind: 'add_rule', rule }, { kind: 'add_rule', rule })
      await applied({ kind: 'add_rule', rule })
      assert.deepEqual((await ours()).rules, [rule])
      await applied({ kind: 'delete_rule', rule }, { kind: 'delete_rule', rule })
      assert.deepEqual((await ours()).rules, [])
    })

    test('it reads rules in the order in which the kernel walks them', async () => {
      const rules = [
        ourRule({ priority: 10010, mark: { value: 0x1000000, mask: 0xff000000 } }),
        ourRule({ priority: 9900, action: lookUp(254, 0) }),
        ourRule({ priority: 10010, action: { kind: 'unreachable' } }),
        ourRule({ priority: 9950, from: '192.168.1.3/32', to: '10.0.0.0/8' }),
        ourRule({ priority: 9991, to: '255.255.255.255/32', action: lookUp(254) }),
      ]
      await applied(...rules.map((rule) => ({ kind: 'add_rule', rule }) as const))
      const [first, second, third, fourth, fifth] = rules
      assert.deepEqual((await ours()).rules, [second, fourth, fifth, first, third])
      await cleaned()
    })

    test('it deletes only the rule that is named among those of one priority', async () => {
      const stays = ourRule({ priority: 10900, action: lookUp(101) })
      const goes = ourRule({ priority: 10900, action: lookUp(100) })
      await applied(
        { kind: 'add_rule', rule: goes },
        { kind: 'add_rule', rule: stays },
        { kind: 'delete_rule', rule: goes },
      )
      assert.deepEqual((await ours()).rules, [stays])
      await cleaned()
    })

    test('it replaces a route of one table, destination and metric, and no other', async () => {
      const other = ourRoute({ destination: '0.0.0.0/0', metric: 7, nextHops: [by('192.168.1.7')] })
      const first = ourRoute({ destination: '0.0.0.0/0' })
      const second = ourRoute({ destination: '0.0.0.0/0', nextHops: [by('192.168.2.1', 'two')] })
      const six = ourRoute({ destination: '::/0' })
      await applied(
        { kind: 'replace_route', route: other },
        { kind: 'replace_route', route: first },
        { kind: 'replace_route', route: second },
        { kind: 'replace_route', route: six },
      )
      assert.deepEqual(new Set((await ours()).routes), new Set([second, other, six]))
      await applied(
        { kind: 'delete_route', route: other },
        { kind: 'delete_route', route: other },
        { kind: 'delete_route', route: six },
        { kind: 'delete_route', route: six },
      )
      assert.deepEqual((await ours()).routes, [second])
      await cleaned()
    })

    test('it names the step that failed and goes on with the next', async () => {
      const bad = ourRoute({ destination: '10.1.0.0/16', nextHops: [by('192.168.1.1', 'nolink')] })
      const worse = ourRoute({ destination: '10.2.0.0/16', nextHops: [by('172.16.0.1')] })
      const good = ourRoute({ destination: '10.3.0.0/16' })
      const changes = [bad, good, worse].map((route) => ({ kind: 'replace_route', route }) as const)
      const failures = await host.kernel.apply(changes)
      assert.deepEqual(
        failures.map(({ change }) => change),
        [changes[0], changes[2]],
      )
      assert.match(failures[0]?.error ?? '', /route 10\.1\.0\.0\/16 .*Cannot find device/)
      assert.match(failures[1]?.error ?? '', /route 10\.2\.0\.0\/16 .*gateway/)
      assert.deepEqual((await ours()).routes, [good])
      await cleaned()
    })

    test('deleting a route by a link that is gone is no failure', async () => {
      const route = ourRoute({ destination: '10.1.0.0/16', nextHops: [by(null, 'nolink')] })
      await applied({ kind: 'delete_route', route })
    })

    test('it applies steps in order: a rule added again moves behind its equals', async () => {
      const one = ourRule({ priority: 10900, action: lookUp(100) })
      const two = ourRule({ priority: 10900, action: lookUp(101) })
      await applied(
        { kind: 'add_rule', rule: one },
        { kind: 'add_rule', rule: two },
        { kind: 'delete_rule', rule: one },
        { kind: 'add_rule', rule: one },
      )
      assert.deepEqual((await ours()).rules, [two, one])
      await cleaned()
    })

    test('a link that goes down takes its gateway routes along, and up brings none back', async () => {
      const lost = ourRoute({ destination: '0.0.0.0/0', nextHops: [by('192.168.2.1', 'two')] })
      const kept = ourRoute({ destination: '0.0.0.0/0', table: 101 })
      await applied({ kind: 'replace_route', route: lost }, { kind: 'replace_route', route: kept })
      await assertSigned('routing', () => host.setLinkUp('two', false))
      assert.deepEqual((await ours()).routes, [kept])
      const [failure] = await host.kernel.apply([{ kind: 'replace_route', route: lost }])
      assert.match(failure?.error ?? '', /not up|Network is down|unreachable|invalid gateway/)
      await assertSigned('routing', () => host.setLinkUp('two', true))
      assert.deepEqual((await ours()).routes, [kept])
      const { routes } = await host.kernel.read()
      assert.ok(routes.some((route) => route.destination === '192.168.2.0/24'))
      await cleaned()
    })

    test('it says which way a packet would go', async () => {
      const { kernel } = host
      const mark = { value: 0x9000000, mask: 0xff000000 }
      await applied(
        { kind: 'replace_route', route: ourRoute({ destination: '0.0.0.0/0' }) },
        {
          kind: 'replace_route',
          route: ourRoute({
            destination: '0.0.0.0/0',
            table: 101,
            nextHops: [by('192.168.2.1', 'two')],
          }),
        },
        { kind: 'add_rule', rule: ourRule({ priority: 9900, mark, action: lookUp(101) }) },
        {
          kind: 'add_rule',
          rule: ourRule({
            priority: 9930,
            incoming: 'lo',
            ipProtocol: 'udp',
            sourcePorts: { first: 61000, last: 61099 },
            action: lookUp(101),
          }),
        },
        { kind: 'add_rule', rule: ourRule({ priority: 10000, action: lookUp(254, 0) }) },
        {
          kind: 'add_rule',
          rule: ourRule({ priority: 10800, from: '192.168.2.3/32', action: lookUp(101) }),
        },
        { kind: 'add_rule', rule: ourRule({ priority: 10900 }) },
      )
      const ask = { family: 'ipv4', target: '9.9.9.9' } as const
      const first = {
        nextHop: { gateway: '192.168.1.1', link: 'one' },
        table: 100,
        source: '192.168.1.3',
      }
      const second = {
        nextHop: { gateway: '192.168.2.1', link: 'two' },
        table: 101,
        source: '192.168.2.3',
      }
      assert.deepEqual(await kernel.routeGet(ask), first)
      assert.deepEqual(await kernel.routeGet({ ...ask, mark: 0x9000001 }), second)
      assert.deepEqual(await kernel.routeGet({ ...ask, mark: 0xa000000 }), first)
      assert.deepEqual(await kernel.routeGet({ ...ask, sourcePort: 61099 }), second)
      assert.deepEqual(await kernel.routeGet({ ...ask, sourcePort: 61100 }), first)
      const fromSecond = await kernel.routeGet({ ...ask, from: '192.168.2.3' })
      assert.deepEqual([fromSecond.nextHop, fromSecond.table], [second.nextHop, 101])
      assert.deepEqual(await kernel.routeGet({ ...ask, target: '192.168.2.9' }), {
        nextHop: { gateway: null, link: 'two' },
        table: 254,
        source: '192.168.2.3',
      })
      await cleaned()
    })

    test('it says where there is no way, in both families', async () => {
      const six = { family: 'ipv6', target: '2001:db8:9::9' } as const
      const four = { family: 'ipv4', target: '9.9.9.9', mark: 0x1000000 } as const
      assert.equal((await host.kernel.routeGet(four)).nextHop, null)
      assert.equal((await host.kernel.routeGet(six)).nextHop, null)
      const mark = { value: 0x1000000, mask: 0xff000000 }
      await applied(
        { kind: 'replace_route', route: ourRoute({ destination: '0.0.0.0/0' }) },
        { kind: 'replace_route', route: ourRoute({ destination: '::/0' }) },
        {
          kind: 'add_rule',
          rule: ourRule({ priority: 10011, mark, action: { kind: 'unreachable' } }),
        },
        { kind: 'add_rule', rule: ourRule({ priority: 10900 }) },
        { kind: 'add_rule', rule: ourRule({ priority: 10900, family: 'ipv6' }) },
      )
      assert.equal((await host.kernel.routeGet(four)).nextHop, null)
      assert.equal((await host.kernel.routeGet({ ...four, mark: 0 })).nextHop?.link, 'one')
      assert.equal((await host.kernel.routeGet(six)).nextHop?.gateway, '2001:db8:1::1')
      const closed = ourRoute({ destination: '0.0.0.0/0', type: 'unreachable', nextHops: [] })
      await applied({ kind: 'replace_route', route: closed })
      assert.equal((await host.kernel.routeGet({ ...four, mark: 0 })).nextHop, null)
      assert.deepEqual(
        (await ours()).routes.filter((route) => route.family === 'ipv4'),
        [closed],
      )
      await cleaned()
    })

    test('it reports when others change addresses, routes and rules', async () => {
      const route = ourRoute({ destination: '10.77.0.0/16', table: 254, protocol: 3 })
      const rule = ourRule({ priority: 500, protocol: 3 })
      await assertSigned('routing', () => host.addAddress('one', '192.168.9.3/24'))
      await assertSigned('routing', () => host.removeAddress('one', '192.168.9.3/24'))
      await assertSigned('routing', () => host.addRoute(route))
      assert.ok(
        (await host.kernel.read()).routes.some(({ destination }) => destination === '10.77.0.0/16'),
      )
      await assertSigned('routing', () => host.addRule(rule))
      await assertSigned('routing', () => host.removeRule(rule))
      await applied({ kind: 'delete_route', route })
    })

    test('it makes, replaces and forgets our nft table, and reports its removal', async () => {
      const script = (verdict: string): string =>
        [
          'table inet wan_failover',
          'delete table inet wan_failover',
          'table inet wan_failover { # one transaction',
          `  chain redirects { type filter hook output priority 0; icmp type redirect ${verdict};`,
          '  }',
          '}',
        ].join('\n')
      await applied({ kind: 'delete_nft' })
      await applied({ kind: 'replace_nft', script: script('drop'), table: '' })
      assert.match((await host.kernel.read()).nft ?? '', /redirect drop/)
      await applied({ kind: 'replace_nft', script: script('accept'), table: '' })
      const text = (await host.kernel.read()).nft ?? ''
      assert.match(text, /redirect accept/)
      assert.doesNotMatch(text, /redirect drop/)
      await assertSigned('nft', () => host.removeNft())
      assert.equal((await host.kernel.read()).nft, null)
      await applied({ kind: 'delete_nft' }, { kind: 'delete_nft' })
    })

    test('it reads our counters by name, and that there are none without our table', async () => {
      await applied({ kind: 'delete_nft' })
      assert.deepEqual(await host.kernel.counters(), new Map())
      const counter = 'counter sent.stick { packets 3 bytes 4711 }'
      const script = `table inet wan_failover { ${counter}; }`
      await applied({ kind: 'replace_nft', script, table: '' })
      assert.deepEqual(await host.kernel.counters(), new Map([['sent.stick', 4_711]]))
      await applied({ kind: 'delete_nft' })
    })

    test("it reads ours among Docker's rules, and what others do to them", async () => {
      const docker = async () => (await host.kernel.read()).docker
      assert.equal(await docker(), null)
      const ours = accept('-i one -o two').words
      await assertSigned('firewall', () =>
        host.setDockerUser({ ipv4: [ours, '-j RETURN'], ipv6: [] }),
      )
      const read = await docker()
      assert.deepEqual(read?.drops, ['ipv4', 'ipv6'])
      assert.deepEqual(read.accepts, [{ family: 'ipv4', words: ours }])
      assert.ok(read.clientLinks.includes('one') && !read.clientLinks.includes('lo'))
      await assertSigned('firewall', () => host.setDockerUser({ ipv4: ['-j RETURN'] }))
      const later = await docker()
      assert.deepEqual([later?.drops, later?.accepts], [['ipv4'], []])
      await assertSigned('firewall', () => host.setDockerUser(null))
      assert.equal(await docker(), null)
    })

    test("it adds and deletes ours once, behind the owner's drops and before all else", async () => {
      const drop = '-s 192.168.1.66/32 -j DROP'
      const theirs = ['-i one -o three -j ACCEPT', '-j RETURN']
      host.setDockerUser({
        ipv4: [drop, ...theirs],
        ipv6: [drop.replace(/\S+\/32/, 'fd00::66/128')],
      })
      const first = accept('-i one -o two')
      const second = accept('-i two -o one -m conntrack --ctstate RELATED,ESTABLISHED')
      const six = accept('-i one -o one', 'ipv6')
      await applied(
        { kind: 'add_accept', accept: first },
        { kind: 'add_accept', accept: first },
        { kind: 'add_accept', accept: second },
        { kind: 'add_accept', accept: six },
      )
      assert.deepEqual((await host.kernel.read()).docker?.accepts, [second, first, six])
      const [foreign, ...rest] = host.dockerUser('ipv4')
      assert.deepEqual([foreign, ...rest], [drop, second.words, first.words, ...theirs])
      await applied(
        { kind: 'delete_accept', accept: first },
        { kind: 'delete_accept', accept: first },
        { kind: 'delete_accept', accept: second },
        { kind: 'delete_accept', accept: six },
      )
      assert.deepEqual(host.dockerUser('ipv4'), [drop, ...theirs])
      assert.equal(host.dockerUser('ipv6').length, 1)
      host.setDockerUser(null)
      await applied({ kind: 'delete_accept', accept: first })
      const [failure] = await host.kernel.apply([{ kind: 'add_accept', accept: first }])
      assert.match(failure?.error ?? '', /rule in DOCKER-USER: -i one -o two /)
    })

    test('it knows neighbours, and reports one that no longer answers', async () => {
      assert.equal(await host.kernel.neighbourState('192.168.1.1', 'one'), null)
      assert.equal(await host.kernel.neighbourState('192.168.1.1', 'nolink'), null)
      signs = []
      host.setNeighbour('192.168.1.1', 'one', 'REACHABLE')
      assert.equal(await host.kernel.neighbourState('192.168.1.1', 'one'), 'REACHABLE')
      host.setNeighbour('192.168.1.1', 'one', 'FAILED')
      await waitFor(() => signs.some((sign) => sign.kind === 'neighbour_failed'), {
        what: 'the sign of the failed neighbour',
      })
      assert.deepEqual(
        signs.filter((sign) => sign.kind === 'neighbour_failed'),
        [{ kind: 'neighbour_failed', family: 'ipv4', address: '192.168.1.1', link: 'one' }],
      )
    })

    test('it counts the bytes of a link, and knows none of a link that is not there', async () => {
      const bytes = await host.kernel.linkBytes('one')
      assert.ok(bytes !== null && bytes.received >= 0 && bytes.sent >= 0)
      assert.equal(await host.kernel.linkBytes('nolink'), null)
    })

    test('it ends twice without complaint, applies nothing afterwards and says so', async () => {
      await host.kernel.close()
      await host.kernel.close()
      const change = { kind: 'add_rule', rule: ourRule({ priority: 10900 }) } as const
      assert.equal((await host.kernel.apply([change])).length, 1)
    })
  })
}
