/**
 * What the Supervisor makes of the add-on: its security rating and the options it hands over. The
 * two rules are written down again here from its sources (supervisor/apps: utils.py, app.py).
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { parseOptions } from '../../src/options/parse-options.ts'

const root = new URL('../../', import.meta.url)

type Values = Readonly<Record<string, unknown>>

const manifest = parse(readFileSync(new URL('config.yaml', root), 'utf8'), {
  version: '1.1',
}) as Values & { readonly options: Values }

/** Capabilities that cost a point, once for all of them. */
const costly = ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE', 'SYS_RAWIO']
const alsoCostly = ['BPF', 'CHECKPOINT_RESTORE', 'DAC_READ_SEARCH', 'PERFMON']

/** From 1 to 8; 5 before anything is asked for. */
function securityRating(asked: Values, hasProfile: boolean): number {
  if (asked['docker_api'] === true || asked['full_access'] === true) return 1
  const privileged = Array.isArray(asked['privileged']) ? asked['privileged'] : []
  const role = asked['hassio_role']
  const points = [
    asked['apparmor'] === false ? -1 : hasProfile ? 1 : 0,
    access(asked),
    privileged.some((name) => [...costly, ...alsoCostly].includes(name)) ||
    asked['kernel_modules'] === true
      ? -1
      : 0,
    role === 'admin' ? -2 : role === 'manager' ? -1 : 0,
    asked['host_network'] === true ? -1 : 0,
    asked['host_pid'] === true ? -2 : 0,
    asked['host_uts'] === true && privileged.includes('SYS_ADMIN') ? -1 : 0,
  ]
  return Math.max(
    1,
    Math.min(
      8,
      points.reduce((sum, point) => sum + point, 5),
    ),
  )
}

/** Points for how its page is reached: by the ingress, by no port at all, by Home Assistant's login. */
function access(asked: Values): number {
  if (asked['ingress'] === true) return 2
  const ports = Object.values((asked['ports'] as Values | undefined) ?? {})
  if (asked['host_network'] !== true && ports.every((port) => port === null)) return 2
  return asked['auth_api'] === true ? 1 : 0
}

describe('the security rating that the store shows', () => {
  const hasProfile = existsSync(new URL('apparmor.txt', root))

  test('is 6', () => {
    assert.equal(securityRating(manifest, hasProfile), 6)
  })

  test('would be lower without the ingress or without the AppArmor profile', () => {
    assert.equal(securityRating({ ...manifest, ingress: false }, hasProfile), 4)
    assert.equal(securityRating(manifest, false), 5)
    assert.equal(securityRating({ ...manifest, apparmor: false }, true), 4)
  })
})

/** As the Supervisor merges: mappings into each other, everything else by the user's own. */
function merged(defaults: unknown, own: unknown): unknown {
  if (!isMapping(defaults) || !isMapping(own)) return own
  const keys = new Set([...Object.keys(defaults), ...Object.keys(own)])
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      key in own && key in defaults ? merged(defaults[key], own[key]) : (own[key] ?? defaults[key]),
    ]),
  )
}

function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

describe("the defaults merged into a user's own options", () => {
  const twoWans = [
    { name: 'dsl', gateway: '192.168.0.1' },
    { name: 'lte', gateway: '192.168.8.1', interface: 'eth1', metered: true },
  ]
  const options: Readonly<Record<string, Values>> = {
    'nothing but the WANs': { wans: twoWans },
    'one field of each section': {
      wans: twoWans,
      probe: { interval: 2 },
      failback: { delay: 60 },
      test_failover: { minutes: 5 },
      default_policy: { use: ['lte', 'dsl'] },
      mqtt: { base_topic: 'garage' },
    },
    'lists of their own, shorter and empty': {
      wans: twoWans,
      probe: { targets: ['9.9.9.9'], targets6: [], methods: ['tcp'] },
      notify: ['notify.mobile_app_phone'],
    },
  }

  for (const [what, own] of Object.entries(options)) {
    test(`mean what the user's options mean alone: ${what}`, () => {
      const handedOver = parseOptions(JSON.stringify(merged(manifest.options, own)))
      const alone = parseOptions(JSON.stringify(own))
      assert.equal(alone.kind, 'ok')
      assert.deepEqual(handedOver, alone)
    })
  }

  test('observe only, where the user has saved the form as it is', () => {
    const handedOver = parseOptions(JSON.stringify(merged(manifest.options, {})))
    assert.deepEqual(handedOver.kind === 'ok' && handedOver.settings.wans, [])
  })
})
