import type { Settings } from '../../src/model/settings/settings.ts'
import { parseOptions } from '../../src/options/parse-options.ts'

/** What the daemon makes of these options; throws where they are wrong. */
export function settingsOf(text: string): Settings {
  const parsed = parseOptions(text)
  if (parsed.kind === 'ok') return parsed.settings
  throw new Error(parsed.problems.map(({ path, expected }) => `${path}: ${expected}`).join('; '))
}
