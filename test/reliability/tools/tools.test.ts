import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ToolTrial, type Trouble } from './tool-trial.ts'

/** `npm run reliability` tries two hundred by chance. */
const troubles: readonly Omit<Trouble, 'lastsMs'>[] = [
  { tool: 'ip', ailment: 'silent', happening: 'start', running: 'die' },
  { tool: 'ip', ailment: 'error', happening: 'start', running: 'die' },
  { tool: 'nft', ailment: 'error', happening: 'start', running: 'die' },
  { tool: 'ip', ailment: 'hang', happening: 'deletion', running: 'stop' },
  { tool: 'nft', ailment: 'missing', happening: 'deletion', running: 'die' },
  { tool: 'ip', ailment: 'silent', happening: 'nothing', running: 'die' },
  { tool: 'nft', ailment: 'rubbish', happening: 'silence', running: 'stay' },
]

let trial: ToolTrial
before(async () => {
  trial = await ToolTrial.open()
})
after(() => trial.close())

for (const trouble of troubles) {
  const { tool, ailment, happening, running } = trouble
  test(`${tool}: ${ailment}, those that run ${running}, and ${happening}: all is well again`, async () => {
    assert.equal(await trial.try({ ...trouble, lastsMs: 2_000 }), null)
  })
}
