import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ToolTrial, type Trouble } from './tool-trial.ts'

/** One house for all; `npm run reliability` tries two hundred by chance. */
export function testTroubles(troubles: readonly Omit<Trouble, 'lastsMs'>[]): void {
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
}
