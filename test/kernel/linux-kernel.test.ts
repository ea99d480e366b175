/** The adapter on a busy host: large tables, helpers that die, others' chains and flows. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { KernelSign } from '../../src/model/event.ts'
import type { Change } from '../../src/network/diff/change.ts'
import { oursOf } from '../contract/kernel.ts'
import { by, ourRoute } from '../examples/example-route.ts'
import { ourRule } from '../examples/example-rule.ts'
import { waitFor } from '../wait-for.ts'
import type { RealHost } from './real-host.ts'
import { ip, makeRealHost, nft } from './real-host.ts'

let host: RealHost
before(async () => {
  host = await makeRealHost()
})
after(() => host.close())

/** The pids of this process's children whose command line has the text. */
function childrenWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1]
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return Number(parent) === process.pid && command.includes(text)
      } catch {
        return false // It ended meanwhile.
      }
    })
}

function manyRoutes(count: number, table: number): readonly Change[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'replace_route',
    route: ourRoute({ destination: `10.${index >> 8}.${index & 255}.0/24`, table }),
  }))
}

async function cleaned(): Promise<void> {
  const { rules, routes } = oursOf(await host.kernel.read())
  const failures = await host.kernel.apply([
    ...rules.map((rule) => ({ kind: 'delete_rule', rule }) as const),
    ...routes.map((route) => ({ kind: 'delete_route', route }) as const),
    { kind: 'delete_nft' },
  ])
  assert.deepEqual(failures, [])
}

const dumps = (): string =>
  [
    ip('rule'),
    ip('rule', 'ipv6'),
    ip('route show table all'),
    ip('route show table all', 'ipv6'),
    nft('list ruleset'),
  ].join('---\n')

test('five hundred routes stand in two tables at once, and are read back', async () => {
  const changes = [...manyRoutes(500, 100), ...manyRoutes(500, 101)]
  assert.deepEqual(await host.kernel.apply(changes), [])
  assert.equal(oursOf(await host.kernel.read()).routes.length, 1000)
  await cleaned()
})

test('a line that makes ip itself end costs no other line', async () => {
  const [first, second] = manyRoutes(2, 100)
  assert.ok(first !== undefined && second !== undefined)
  const route = ourRoute({ destination: '10.9.0.0/16', nextHops: [by('not-an-address')] })
  const failures = await host.kernel.apply([first, { kind: 'replace_route', route }, second])
  assert.equal(failures.length, 1)
  assert.match(failures[0]?.error ?? '', /replacing route 10\.9\.0\.0\/16 .*not-an-address/)
  assert.equal(oursOf(await host.kernel.read()).routes.length, 2)
  await cleaned()
})

test('a name that would break a line of the batch is refused, not passed on', async () => {
  const incoming = 'lo\nrule add pref 1 unreachable'
  const rule = ourRule({ priority: 9900, incoming })
  const [failure] = await host.kernel.apply([{ kind: 'add_rule', rule }])
  assert.match(failure?.error ?? '', /misread/)
  assert.equal((await host.kernel.read()).rules.length, 5)
})

test('a helper that was killed is started anew by the next call', async () => {
  await host.kernel.read()
  const before = childrenWith('-batch')
  assert.equal(before.length, 2)
  for (const pid of before) process.kill(pid, 'SIGKILL')
  const rule = ourRule({ priority: 10900 })
  assert.deepEqual(await host.kernel.apply([{ kind: 'add_rule', rule }]), [])
  assert.deepEqual(oursOf(await host.kernel.read()).rules, [rule])
  assert.ok(childrenWith('-batch').every((pid) => !before.includes(pid)))
  await cleaned()
})

test('a helper that is killed in the middle of its work loses none of it', async () => {
  await host.kernel.read()
  const applied = host.kernel.apply(manyRoutes(500, 100))
  for (const pid of childrenWith('-4')) process.kill(pid, 'SIGKILL')
  assert.deepEqual(await applied, [])
  assert.equal(oursOf(await host.kernel.read()).routes.length, 500)
  await cleaned()
})

test('a helper that hangs is given up after two seconds, and the next line is done', async () => {
  await host.kernel.read()
  for (const pid of childrenWith('-4')) process.kill(pid, 'SIGSTOP')
  const [first, second] = [ourRule({ priority: 10900 }), ourRule({ priority: 10901 })]
  const failures = await host.kernel.apply([
    { kind: 'add_rule', rule: first },
    { kind: 'add_rule', rule: second },
  ])
  assert.equal(failures.length, 1)
  assert.match(failures[0]?.error ?? '', /adding rule 10900 .*within 2000 ms/)
  assert.deepEqual(oursOf(await host.kernel.read()).rules, [second])
  await cleaned()
})

test('calls at the same time get their own answers', async () => {
  const rules = [10900, 10901, 10902, 10903].map((priority) => ourRule({ priority }))
  const answers = await Promise.all([
    ...rules.map((rule) => host.kernel.apply([{ kind: 'add_rule', rule }])),
    host.kernel.routeGet({ family: 'ipv4', target: '192.168.2.9' }),
    host.kernel.read(),
  ])
  assert.deepEqual(answers.slice(0, 4), [[], [], [], []])
  assert.deepEqual(oursOf(await host.kernel.read()).rules, rules)
  await cleaned()
})

test('a monitor that was killed comes back, says so, and goes on telling', async () => {
  let signs: KernelSign[] = []
  host.kernel.watch((sign) => signs.push(sign))
  const has = (kind: KernelSign['kind']) => () => signs.some((sign) => sign.kind === kind)
  const [routing] = childrenWith('ip -o monitor')
  const [ruleset] = childrenWith('nft monitor')
  assert.ok(routing !== undefined && ruleset !== undefined)
  process.kill(routing, 'SIGKILL')
  process.kill(ruleset, 'SIGKILL')
  await waitFor(() => has('routing')() && has('nft')(), { what: 'both monitors are back' })
  signs = []
  const rule = ourRule({ priority: 10900 })
  await host.kernel.apply([{ kind: 'add_rule', rule }])
  await waitFor(has('routing'), { what: 'the sign of the rule' })
  nft('add table inet wan_failover')
  await waitFor(has('nft'), { what: 'the sign of our table' })
  signs = []
  nft('add table inet somebody; delete table inet somebody')
  nft('add chain inet wan_failover c')
  await waitFor(has('nft'), { what: 'the sign of our chain' })
  assert.equal(signs.filter((sign) => sign.kind === 'nft').length, 1)
  await cleaned()
})

test('a link that is made and an address that waits for it are told by themselves', async () => {
  const signs: KernelSign[] = []
  host.kernel.watch((sign) => signs.push(sign))
  // Down, so that the kernel makes no routes, whose events would tell too.
  ip('link add three type bridge')
  await waitFor(() => signs.length > 0, { what: 'the sign of the link' })
  signs.length = 0
  ip('addr add 2001:db8:3::3/64 dev three', 'ipv6')
  await waitFor(() => signs.length > 0, { what: 'the sign of the address' })
  ip('link del three')
})

test('neighbours that come and stay give no sign', async () => {
  const signs: KernelSign[] = []
  host.kernel.watch((sign) => signs.push(sign))
  // The monitor tells in order: what was before is over once this one is told.
  const fence = async (address: string) => {
    host.setNeighbour(address, 'one', 'FAILED')
    await waitFor(
      () => signs.some((sign) => sign.kind === 'neighbour_failed' && sign.address === address),
      { what: `the fence ${address}` },
    )
  }
  await fence('192.168.1.98')
  signs.length = 0
  for (let last = 10; last < 30; last += 1) {
    ip(`neigh replace 192.168.1.${last} lladdr 02:00:00:00:00:99 dev one nud reachable`)
  }
  await fence('192.168.1.99')
  assert.deepEqual(
    signs.map(({ kind }) => kind),
    ['neighbour_failed'],
  )
})

test('capabilities are tried without a trace', async () => {
  const rule = ourRule({ priority: 10900, action: { kind: 'unreachable' } })
  await host.kernel.apply([{ kind: 'add_rule', rule }, ...manyRoutes(3, 100)])
  nft('add table inet keep; add chain inet keep c')
  const before = dumps()
  assert.deepEqual(await host.kernel.capabilities(), {
    nft: true,
    ctMark: true,
    conntrack: true,
    multipath: true,
    nat6: true,
    prefix6: true,
    dnat: true,
    setCounters: true,
    forwarding: readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() === '1',
  })
  assert.equal(dumps(), before)
  nft('delete table inet keep')
  await cleaned()
})

test('what an attempt would leave if it were killed is known as ours, and can be taken away', async () => {
  const monitor = spawn('ip', ['-4', 'monitor', 'route'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let seen = ''
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  const fence = (route: string) =>
    waitFor(
      () => {
        ip(`route add ${route} dev one`)
        ip(`route delete ${route} dev one`)
        return seen.includes(route)
      },
      { what: `the monitor sees ${route}` },
    )
  try {
    await fence('198.51.100.0/25')
    await host.kernel.capabilities()
    await fence('198.51.100.128/25')
  } finally {
    monitor.kill()
  }
  const tried = /^(192\.0\.2\.0\/24 table (?<table>\d+) proto 201)/m.exec(seen)
  assert.ok(tried?.[1] !== undefined, seen)
  ip(`route add ${tried[1]} nexthop dev lo weight 1 nexthop dev lo weight 2`)
  const [left, ...others] = oursOf(await host.kernel.read()).routes
  assert.equal(left?.table, Number(tried.groups?.['table']))
  assert.deepEqual(others, [])
  await cleaned()
})

test("others' dropping chains and Docker's own are seen; ours are not taken for theirs", async () => {
  nft(`add table inet wan_failover
    add chain inet wan_failover f { type filter hook forward priority 0; policy drop; }`)
  const free = await host.kernel.forwarding()
  assert.deepEqual([free.forwardPolicy, free.droppingChain], ['accept', null])
  assert.equal(free.dockerUser, false)
  nft(`add table ip filter
    add chain ip filter DOCKER-USER
    add chain ip filter INPUT { type filter hook input priority 0; policy drop; }
    add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }`)
  const docker = await host.kernel.forwarding()
  assert.deepEqual(
    [docker.forwardPolicy, docker.droppingChain, docker.dockerUser],
    ['drop', 'ip filter FORWARD', true],
  )
  assert.equal(docker.amendable, true)
  nft(`add table inet fw
    add chain inet fw forward { type filter hook forward priority 0; policy drop; }`)
  const other = await host.kernel.forwarding()
  assert.deepEqual([other.droppingChain, other.amendable], ['inet fw forward', false])
  nft('delete table inet fw; delete table ip filter')
  await cleaned()
})

test('the settings of the kernel are read as they take effect, link by link', async () => {
  const write = (path: string, value: number) =>
    writeFileSync(`/proc/sys/net/ipv4/conf/${path}`, String(value))
  write('all/rp_filter', 1)
  write('one/rp_filter', 2)
  write('two/rp_filter', 0)
  write('all/send_redirects', 0)
  write('one/send_redirects', 0)
  write('two/send_redirects', 1)
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  const state = await host.kernel.forwarding()
  assert.equal(state.ipForward, true)
  assert.deepEqual([state.reversePathFilter['one'], state.reversePathFilter['two']], [2, 1])
  assert.deepEqual([state.sendRedirects['one'], state.sendRedirects['two']], [false, true])
  assert.equal(state.acceptRedirects['one'], false)
  assert.equal((await host.kernel.capabilities()).forwarding, true)
})

test('only flows that left the house unmasqueraded are forgotten', async () => {
  const flow = (from: string, to: string, repliesTo: string, port: number) => {
    const ends = ['-s', from, '-d', to, '--sport', `${port}`, '--dport', '53']
    const reply = [
      '-r',
      to,
      '-q',
      repliesTo,
      '--reply-port-src',
      '53',
      '--reply-port-dst',
      `${port}`,
    ]
    execFileSync('conntrack', ['-I', '-p', 'udp', ...ends, ...reply, '-t', '100'], {
      stdio: 'ignore',
    })
  }
  flow('192.168.1.50', '1.1.1.1', '192.168.1.50', 5001)
  flow('192.168.1.50', '1.1.1.1', '192.168.1.50', 5002)
  flow('192.168.1.51', '8.8.8.8', '192.168.1.51', 5003)
  flow('192.168.1.51', '9.9.9.9', '192.168.2.3', 5004) // Masqueraded.
  flow('192.168.1.51', '192.168.2.9', '192.168.1.51', 5005) // Stays in the house.
  flow('192.168.1.51', '192.168.1.3', '192.168.1.51', 5006) // To the host itself.
  flow('172.16.0.9', '1.1.1.1', '172.16.0.9', 5007) // Another network's.
  assert.equal(await host.kernel.forgetUnmasqueraded(['192.168.1.0/24', '2001:db8::/32']), 3)
  const left = execFileSync('conntrack', ['-L'], { encoding: 'utf8', stdio: 'pipe' })
  const ports = [...left.matchAll(/sport=(\d+) dport=53/g)].map(([, port]) => port)
  assert.deepEqual(ports.sort(), ['5004', '5005', '5006', '5007'])
  assert.equal(await host.kernel.forgetUnmasqueraded(['192.168.1.0/24']), 0)
})

test('the bytes of a link grow with what it sends', async () => {
  const before = await host.kernel.linkBytes('one')
  // Nobody answers a broadcast here; what counts is that it was sent.
  const args = ['-c', '1', '-W', '1', '-s', '1000', '-b', '192.168.1.255']
  spawnSync('ping', args, { stdio: 'ignore' })
  const afterwards = await host.kernel.linkBytes('one')
  assert.ok(before !== null && afterwards !== null)
  assert.ok(afterwards.sent >= before.sent + 1000, `${before.sent} → ${afterwards.sent}`)
})

test('sets that cannot be filled anew are replaced with the whole table', async () => {
  const script = (name: string) =>
    `table inet wan_failover { set ${name} { type ipv4_addr; flags interval; }; }`
  const refill = 'add element inet wan_failover near { 10.0.0.0/8 }'
  const change = { kind: 'replace_nft', table: '', refill } as const
  assert.deepEqual(await host.kernel.apply([{ ...change, script: script('near') }]), [])
  assert.match((await host.kernel.read()).nft ?? '', /set near/)
  assert.deepEqual(await host.kernel.apply([{ ...change, script: script('other') }]), [])
  assert.doesNotMatch((await host.kernel.read()).nft ?? '', /set other/, 'the short way was enough')
  await cleaned()
})

test('an nft script that is longer than an argument may be is one transaction too', async () => {
  const addresses = Array.from({ length: 9000 }, (_, index) => `10.${index >> 8}.${index & 255}.1`)
  const script = [
    'table inet wan_failover',
    'delete table inet wan_failover',
    `table inet wan_failover { set many { type ipv4_addr; elements = { ${addresses.join(', ')} }; }`,
    '}',
  ].join('\n')
  assert.ok(script.length > 100_000)
  assert.deepEqual(await host.kernel.apply([{ kind: 'replace_nft', script, table: script }]), [])
  assert.match((await host.kernel.read()).nft ?? '', /set many/)
  const bad = 'table inet wan_failover\ndelete table inet wan_failover\ntable inet x { nonsense }'
  const [failure] = await host.kernel.apply([{ kind: 'replace_nft', script: bad, table: '' }])
  assert.match(failure?.error ?? '', /replacing nft table inet wan_failover: .*syntax error/)
  assert.match((await host.kernel.read()).nft ?? '', /set many/)
  await cleaned()
})
