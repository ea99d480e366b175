import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { probeMark } from '../../../src/model/marks.ts'
import { askOnce } from '../../../src/probe/one-question.ts'
import { checkMarks } from '../../../src/probe/sockets/mark-check.ts'
import { TwoUplinks } from '../two-uplinks.ts'
import type { Unprivileged } from '../without-capabilities.ts'

let lab: TwoUplinks
before(async () => {
  lab = await TwoUplinks.start()
})
after(() => lab.stop())

test('with its capabilities the process can mark its probes', () => {
  assert.deepEqual(checkMarks(probeMark(0)), { kind: 'settable' })
})

test('without CAP_NET_RAW and CAP_NET_ADMIN everything says so plainly, and nothing is sent', () => {
  const before = lab.uplink(0).count('icmp') + lab.uplink(1).count('icmp')
  const script = fileURLToPath(new URL('../without-capabilities.ts', import.meta.url))
  const drop = ['--bounding-set', '-net_admin,-net_raw', '--inh-caps', '-net_admin,-net_raw']
  const text = execFileSync('setpriv', [...drop, process.execPath, script], { encoding: 'utf8' })
  const raw = "can't open a raw socket: this process has no CAP_NET_RAW"
  const expected: Unprivileged = {
    check: { kind: 'not_settable', reason: raw },
    mark: "can't mark packets: this process has no CAP_NET_ADMIN",
    probe: { kind: 'unsent', reason: raw },
    question: { kind: 'silent', reason: raw },
    search: raw,
  }
  assert.deepEqual(JSON.parse(text), expected)
  assert.equal(lab.uplink(0).count('icmp') + lab.uplink(1).count('icmp'), before)
})

test('a single question leaves by the WAN it is meant for', async () => {
  for (const wan of [0, 1]) {
    lab.leadMainThrough(1 - wan)
    const [own, other] = [lab.uplink(wan), lab.uplink(1 - wan)]
    const [ownBefore, otherBefore] = [own.count('icmp'), other.count('icmp')]
    const question = { wan, family: 'ipv4', target: '1.1.1.1', timeoutMs: 1000 } as const
    const answer = await askOnce(question)
    assert.ok(answer.kind === 'alive' && answer.rttMs > 0, JSON.stringify(answer))
    assert.deepEqual([own.count('icmp') - ownBefore, other.count('icmp') - otherBefore], [1, 0])
  }
})

test('a single question that nobody answers, or that is refused, says so', async () => {
  lab.uplink(1).swallow(true)
  const question = { wan: 1, family: 'ipv4', target: '1.1.1.1', timeoutMs: 1000 } as const
  assert.deepEqual(await askOnce(question), { kind: 'silent', reason: 'no answer' })
  lab.uplink(1).swallow(false)
  assert.deepEqual(await askOnce({ ...question, target: '9.9.9.9' }), {
    kind: 'silent',
    reason: '192.168.11.1 says: Destination Net Unreachable',
  })
})
