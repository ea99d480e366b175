/**
 * What the Supervisor makes of the add-on: its security rating, and the options that it takes and
 * hands over. The rule for the rating is written down again here from its `apps/utils.py`.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { parseOptions } from '../../src/options/parse-options.ts'
import { StandInAddon } from '../fakes/stand-in-addon.ts'
import { validated, withDefaults } from '../fakes/supervisor-options.ts'

const root = new URL('../../', import.meta.url)

type Values = Readonly<Record<string, unknown>>

const manifest = parse(readFileSync(new URL('config.yaml', root), 'utf8'), {
  version: '1.1',
}) as Values

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
      const handedOver = parseOptions(JSON.stringify(withDefaults(own)))
      const alone = parseOptions(JSON.stringify(own))
      assert.equal(alone.kind, 'ok')
      assert.deepEqual(handedOver, alone)
    })
  }

  test('observe only, where the user has saved the form as it is', () => {
    const handedOver = parseOptions(JSON.stringify(withDefaults({})))
    assert.deepEqual(handedOver.kind === 'ok' && handedOver.settings.wans, [])
  })
})

describe('options that the Supervisor is given', () => {
  const given = (own: Values) => validated({ ...withDefaults({}), ...own })
  const wan = { name: 'dsl', gateway: '192.168.0.1' }

  test('lose what the manifest does not name, at any depth', () => {
    const { kind, ...rest } = given({ wans: [{ ...wan, colour: 'red' }], web: { port: 1 } })
    assert.equal(kind, 'valid')
    assert.deepEqual(rest, { options: { ...withDefaults({}), wans: [wan] } })
  })

  test('come into the types of the schema', () => {
    const own = { wans: [{ ...wan, metered: 'yes', table: '101' }], failback: { delay: '7.5' } }
    const result = given(own)
    const { wans, failback } = result.kind === 'valid' ? result.options : {}
    assert.deepEqual(wans, [{ ...wan, metered: true, table: 101 }])
    assert.deepEqual(failback, { delay: 7.5 })
  })

  const refused: readonly [string, Values, RegExp][] = [
    ['a number as text', { wans: [{ ...wan, name: 5 }] }, /^not a valid value\. Got \{'wans': /],
    [
      'a field that is missing',
      { wans: [{ name: 'dsl' }] },
      /^Missing option 'gateway' in wans in /,
    ],
    ['null', { log_level: null }, /^Missing required option 'log_level' in /],
    ['a mapping where a list belongs', { wans: wan }, /^Invalid list for option 'wans' in /],
    ['a list where a mapping belongs', { mqtt: [] }, /^Invalid dict for option 'mqtt' in /],
    [
      'a word of none',
      { nat: 'maybe' },
      /^value must be one of \['always', 'auto', 'never'\]\. Got /,
    ],
    ['a number out of its range', { mqtt: { port: 0 } }, /^value must be at least 1/],
    ['no boolean', { mqtt: { tls: 'perhaps' } }, /^expected boolean\. Got /],
    ['a secret that nobody has', { mqtt: { password: '!secret pw' } }, /^Unknown secret 'pw' in /],
  ]
  for (const [what, own, message] of refused) {
    test(`are refused: ${what}`, () => {
      const result = given(own)
      assert.match(result.kind === 'invalid' ? result.message : 'valid', message)
    })
  }

  test('are refused without what the manifest has an empty default for', () => {
    const { probe: _, ...own } = withDefaults({ wans: [wan] })
    const result = validated(own)
    assert.match(result.kind === 'invalid' ? result.message : '', /^Missing option 'probe' in root/)
  })

  test('stay as they are where only the watchdog is named, and go where they are null', () => {
    const addon = new StandInAddon()
    addon.options = { wans: [wan] }
    const post = (body: object) => addon.answer('POST /addons/self/options', JSON.stringify(body))
    post({ watchdog: true })
    assert.deepEqual([addon.watchdog, addon.options], [true, { wans: [wan] }])
    assert.match(JSON.stringify(post({ wachdog: true })), /400.*extra keys not allowed/)
    post({ options: null })
    assert.deepEqual(addon.options, {})
    assert.deepEqual(addon.handedOver, withDefaults({}))
  })
})
