import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLanguage } from '../../../../src/web/ui/texts/language.ts'

test('the first wanted language that we speak is taken, region and all', () => {
  const rows: [string[], string, string][] = [
    [['de'], 'de', 'Bedienung'],
    [['de-AT', 'en'], 'de-AT', 'Bedienung'],
    [['nl', 'fr-CA', 'en'], 'fr-CA', 'Commandes'],
    [['es-419'], 'es-419', 'Control'],
    [['ja'], 'en', 'Controls'],
    [[], 'en', 'Controls'],
    [['', 'DE'], 'DE', 'Bedienung'],
    [['de_DE', 'fr'], 'fr', 'Commandes'],
  ]
  for (const [wanted, tag, heading] of rows) {
    const language = chooseLanguage(wanted)
    assert.deepEqual([language.tag, language.texts.controls.heading], [tag, heading])
  }
})
