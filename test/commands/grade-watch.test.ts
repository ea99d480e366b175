import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchGrade } from '../../src/commands/grade-watch.ts'
import { exampleCapabilities } from '../examples/example-capabilities.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

const all = exampleCapabilities()

/** What was asked and told within ten minutes, where the daemon goes by `known`. */
async function watch(
  clock: { tick: (ms: number) => void },
  known: typeof all,
  answers: readonly (typeof all | Error)[],
): Promise<{ asked: number; more: number }> {
  const said = { asked: 0, more: 0 }
  const capabilities = async () => {
    const answer = answers[Math.min(said.asked, answers.length - 1)] ?? all
    said.asked += 1
    if (answer instanceof Error) throw answer
    return answer
  }
  const end = watchGrade({
    ...{ kernel: { capabilities }, log: new RecordedLog(), known: () => known },
    onMore: () => {
      said.more += 1
    },
  })
  for (let second = 0; second < 600; second += 1) {
    clock.tick(1_000)
    for (let times = 0; times < 5; times += 1) await Promise.resolve()
  }
  end()
  return said
}

for (const [what, known, answers, expected] of [
  ['nothing lacks: nobody is asked', all, [all], { asked: 0, more: 0 }],
  ['nft was ill: it is told once', { ...all, nft: false }, [all], { asked: 1, more: 1 }],
  [
    'conntrack is ill, then fails, then is well: it is told once',
    { ...all, conntrack: false },
    [{ ...all, conntrack: false }, new Error('ip died'), all],
    { asked: 3, more: 1 },
  ],
  [
    'nft lacks for ever: it is asked seldom, and nothing is told',
    { ...all, nft: false, conntrack: false },
    [{ ...all, nft: false, conntrack: false }],
    { asked: 7, more: 0 },
  ],
] as const) {
  test(what, async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] })
    assert.deepEqual(await watch(context.mock.timers, known, answers), expected)
  })
}
