import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../../../src/model/host.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { Bypasses } from '../../../src/turn/concerns/bypasses.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHealth } from '../../examples/example-health.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule, lookUp } from '../../examples/example-rule.ts'
import { exampleSettings } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const mark = { value: 0x80000, mask: 0xff0000 }
const tailscale = exampleRule(5210, { mark })
const tailscale6 = exampleRule(5210, { family: 'ipv6', mark })
const forDevice = exampleRule(300, { from: '192.168.0.77/32' })
const choosing = exampleRule(400, { mark: { value: 7, mask: 0xff }, action: lookUp(77) })
const settings = exampleSettings()

function beside(rules: readonly Rule[]) {
  const log = new RecordedLog()
  const concern = new Bypasses(settings, log)
  const routes = [...oneSubnet.routes, exampleRoute('default via 192.168.0.1 dev eth0 table 77')]
  const host = { ...oneSubnet, routes, rules: [...oneSubnet.rules, ...rules] }
  const uplinks = resolveUplinks(settings.wans, host)
  const turn = (primary: 'up' | 'down', active = true) => {
    const healths = new Map([
      ['primary', exampleHealth(primary)],
      ['secondary', exampleHealth('up')],
    ])
    const decision = exampleDecision(primary === 'up' ? 'primary' : 'secondary')
    const decided = exampleDecided({
      ...{ host, uplinks, decision, healths: bothFamilies(healths), active },
    })
    const { down } = concern.wishes(decided)
    const lost = [...(concern.figures().lost ?? [])]
    return { down: down?.ipv4 ?? null, lost, problems: concern.problems() }
  }
  return { turn, log }
}

test('what is followed is told once, and no problem when the line dies', () => {
  const { turn, log } = beside([tailscale, tailscale6])
  assert.deepEqual(turn('up'), { down: null, lost: [], problems: [] })
  assert.deepEqual(turn('down'), { down: null, lost: [], problems: [] })
  assert.match(log.lines.join('\n'), /^[^\n]*the rule 5210 [^\n]*\(Tailscale's\)[^\n]*$/)
})

test('what cannot be followed is a problem while its line is down, and part of the reason', () => {
  const { turn } = beside([forDevice])
  assert.deepEqual(turn('up').problems, [])
  const { problems, lost } = turn('down')
  assert.match(
    problems.join('\n'),
    /^the rule 300 .* still sends .* by primary, which is down: it isn't/,
  )
  assert.deepEqual(lost, [
    [
      'primary',
      "the packets of the rule 300 from 192.168.0.77/32 lookup 254 (a VPN's?) die with it",
    ],
  ])
  assert.deepEqual(turn('up'), { down: null, lost: [], problems: [] })
})

test('the lines that are down are wanted where a rule chooses one itself', () => {
  const { turn } = beside([choosing])
  assert.deepEqual(turn('up').down, [])
  assert.deepEqual(turn('down').down, ['primary'])
})

test('while nothing is set up nothing is told', () => {
  const { turn, log } = beside([tailscale, forDevice])
  assert.deepEqual(turn('down', false), { down: null, lost: [], problems: [] })
  assert.deepEqual(log.lines, [])
})
