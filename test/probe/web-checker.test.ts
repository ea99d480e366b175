import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { startProber } from './start-prober.ts'
import { run, TwoUplinks } from './two-uplinks.ts'

const lab = await TwoUplinks.start()
after(() => lab.stop())
beforeEach(() => {
  for (const wan of [0, 1]) {
    lab.uplink(wan).swallow(false)
    lab.uplink(wan).inside('nft flush chain inet lab web')
  }
})
for (const wan of [0, 1]) {
  lab.uplink(wan).inside('nft add chain inet lab web { type filter hook prerouting priority -5; }')
}

/** The first URL's host is asked; the second server is the usual one, under the same address. */
const asking = (path: string) => ({ httpUrl: `http://check.example/${path}` })

test('both servers answer, each WAN is asked through itself', async (t) => {
  const { prober } = startProber(t, asking('generate_204'))
  for (const wan of [0, 1]) {
    const before = [0, 1].map((each) => lab.uplink(each).count('tcp'))
    const answers = await prober.checkWeb(wan)
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['answered', 'answered'],
    )
    const now = [0, 1].map((each) => lab.uplink(each).count('tcp') - (before[each] ?? 0))
    assert.deepEqual(now, wan === 0 ? [2, 0] : [0, 2])
  }
})

test('a redirect and a page are a captive portal, the other server answers for itself', async (t) => {
  const redirect = await startProber(t, asking('portal_204')).prober.checkWeb(0)
  assert.deepEqual(redirect[0], {
    ...{ kind: 'captive', by: 'login.hotel.example' },
    reason: 'captive portal at login.hotel.example',
  })
  assert.equal(redirect[1]?.kind, 'answered')
  const page = await startProber(t, asking('page_204')).prober.checkWeb(0)
  assert.equal(page[0]?.kind === 'captive' && page[0].by, 'check.example')
})

for (const [what, verdict] of [
  ['dropped', 'drop'],
  ['refused', 'reject with tcp reset'],
] as const) {
  test(`TCP that is ${what} by one WAN is no_tcp there, and nothing on the other`, async (t) => {
    const { prober } = startProber(t, asking('generate_204'))
    const chain = verdict === 'drop' ? 'web' : 'refusing'
    if (chain === 'refusing') {
      const hook = '{ type filter hook input priority 0; }'
      lab.uplink(1).inside(`nft add chain inet lab refusing ${hook}`)
    }
    lab.uplink(1).inside(`nft add rule inet lab ${chain} tcp dport 80 ${verdict}`)
    const [one, other] = await Promise.all([prober.checkWeb(0), prober.checkWeb(1)])
    if (chain === 'refusing') lab.uplink(1).inside('nft delete chain inet lab refusing')
    assert.deepEqual(
      [...one, ...other].map(({ kind }) => kind),
      [...['answered', 'answered'], ...['no_tcp', 'no_tcp']],
    )
  })
}

test('dead names, an error of the server and a link that is gone prove nothing', async (t) => {
  const kinds = async (url: string, wan = 1) =>
    (await startProber(t, { httpUrl: url }).prober.checkWeb(wan)).map(({ kind }) => kind)
  assert.equal((await kinds('http://servfail.example/generate_204'))[0], 'unclear')
  lab.uplink(1).inside('nft add rule inet lab web udp dport 53 drop')
  assert.deepEqual(await kinds('http://check.example/generate_204'), ['unclear', 'unclear'])
  run('ip route del default table 101')
  assert.deepEqual(await kinds('http://8.8.8.8/generate_204'), ['unclear', 'unclear'])
  run(`ip route add default via ${lab.uplink(1).gateway} table 101`)
})
