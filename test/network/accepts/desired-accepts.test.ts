import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DockerFilter, HostState } from '../../../src/model/host.ts'
import type { Settings } from '../../../src/model/settings/settings.ts'
import { desiredAccepts, dockerCommand } from '../../../src/network/accepts/desired-accepts.ts'
import { type ExampleLink, exampleHost } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const docker: DockerFilter = { drops: ['ipv4'], accepts: [], clientLinks: ['eth0', 'eth1', 'lan0'] }
const comment = ' -m comment --comment wan_failover -j ACCEPT'
const answers = ' -m conntrack --ctstate RELATED,ESTABLISHED'

const eth0 = { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8::3/64'] }
const stick = { name: 'wwan0', addresses: ['192.168.8.100/24'] }
const lan = { name: 'lan0', addresses: ['192.168.20.1/24'] }
const bridge = { name: 'docker0', addresses: ['172.17.0.1/16'] }
const onProvider = { name: 'eth1', addresses: ['203.0.113.9/24'] }

const shared = exampleSettings()
const stickSettings = (metered: boolean) =>
  exampleSettings({
    wans: [
      exampleWan(0, { gateway: '192.168.0.1', interface: 'eth0' }),
      exampleWan(1, { gateway: '192.168.8.1', interface: 'wwan0', metered }),
    ],
  })
const provider = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '203.0.113.1', interface: 'eth1' }),
    exampleWan(1, { gateway: '192.168.8.1', interface: 'wwan0', metered: true }),
  ],
})

function acceptsOn(
  links: readonly ExampleLink[],
  settings: Settings,
  changes: Partial<DockerFilter> | null = {},
): string[] {
  const filter = changes === null ? null : { ...docker, ...changes }
  return acceptsOf(exampleHost(links, [], { docker: filter }), settings)
}

function acceptsOf(host: HostState, settings: Settings): string[] {
  return desiredAccepts(wantedOn(host, settings, 'primary')).map(({ family, words }) =>
    `${family === 'ipv6' ? 'IPv6 ' : ''}${words}`.replace(comment, '').replace(answers, ' answers'),
  )
}

const cases: readonly [string, string[], string[]][] = [
  [
    'two gateways on one subnet need a single one, in and out on one link',
    acceptsOn([eth0, bridge], shared),
    ['-i eth0 -o eth0'],
  ],
  [
    'a LAN of its own may begin by the shared link, which may only answer there',
    acceptsOn([eth0, lan], shared),
    ['-i eth0 -o eth0', '-i lan0 -o eth0', '-i eth0 -o lan0 answers'],
  ],
  [
    'from a stick only answers come in',
    acceptsOn([eth0, stick], stickSettings(true)),
    ['-i eth0 -o eth0', '-i eth0 -o wwan0', '-i wwan0 -o eth0 answers'],
  ],
  [
    'an unmetered WAN with a private address may have clients beside its gateway',
    acceptsOn([eth0, stick], stickSettings(false)),
    ['-i eth0 -o eth0', '-i eth0 -o wwan0', '-i wwan0 -o eth0', '-i wwan0 -o wwan0'],
  ],
  [
    "nobody's clients are on a provider's own network",
    acceptsOn([onProvider, stick, lan], provider),
    ['-i lan0 -o eth1', '-i lan0 -o wwan0', '-i eth1 -o lan0 answers', '-i wwan0 -o lan0 answers'],
  ],
  [
    'a link that no client can be on, like a bridge of containers, is never named',
    acceptsOn([eth0, bridge, lan], shared, { clientLinks: ['eth0'] }),
    ['-i eth0 -o eth0'],
  ],
  ['where Docker has no such chain there is none', acceptsOn([eth0], shared, null), []],
  ['where nothing is dropped there is none', acceptsOn([eth0], shared, { drops: [] }), []],
]

describe('the accepts among Docker’s rules', () => {
  for (const [name, accepts, expected] of cases) {
    test(name, () => assert.deepEqual(accepts, expected))
  }

  test('are of the families that are dropped, and IPv6 only where a WAN has it', () => {
    const drops = ['ipv4', 'ipv6'] as const
    const one = exampleSettings({ wans: [exampleWan(0, { gateway6: 'fe80::1' }), exampleWan(1)] })
    assert.deepEqual(acceptsOn([eth0], shared, { drops }), ['-i eth0 -o eth0'])
    assert.deepEqual(acceptsOn([eth0], one, { drops }), ['-i eth0 -o eth0', 'IPv6 -i eth0 -o eth0'])
  })

  test('stay as they stand while a WAN is nowhere, so that no failover waits for them', () => {
    const words = `-i eth0 -o wwan0${comment}`
    const standing = { accepts: [{ family: 'ipv4', words }] } as const
    const gone = acceptsOn([eth0, { name: 'wwan0' }], stickSettings(true), standing)
    assert.deepEqual(gone, acceptsOn([eth0, stick], stickSettings(true)))
    const nowhere = exampleHost([{ name: 'eth0' }], [], { docker: { ...docker, ...standing } })
    assert.deepEqual(acceptsOf(nowhere, shared), ['-i eth0 -o wwan0'])
  })

  test('do not change when a WAN loses its route, its gateway or its carrier', () => {
    const settings = exampleSettings({
      wans: [
        exampleWan(0, { gateway: 'auto', gateway6: 'auto', interface: 'eth0' }),
        exampleWan(1, { gateway: '192.168.8.1', interface: 'wwan0', metered: true }),
      ],
    })
    const routes = ['default via 192.168.0.1 dev eth0', 'default via fe80::1 dev eth0 -6']
    const filter = { docker: { ...docker, drops: ['ipv4', 'ipv6'] } } as const
    const well = exampleHost(
      [eth0, stick],
      routes.map((route) => exampleRoute(route)),
      filter,
    )
    const ill = exampleHost(
      [
        { ...eth0, noCarrier: true },
        { ...stick, down: true },
      ],
      [],
      filter,
    )
    assert.deepEqual(acceptsOf(ill, settings), acceptsOf(well, settings))
  })

  test('are shown as the command that a user would enter', () => {
    const words = `-i eth0 -o eth0${comment}`
    assert.equal(
      dockerCommand({ family: 'ipv6', words }),
      'ip6tables -I DOCKER-USER -i eth0 -o eth0 -m comment --comment wan_failover -j ACCEPT',
    )
  })
})
