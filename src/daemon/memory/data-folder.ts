import { join } from 'node:path'
import * as v from 'valibot'
import { emptyBook, type MeterBook } from '../../decision/metered-months.ts'
import type { Log } from '../../model/log.ts'
import type { Remembered } from '../../model/memory.ts'
import { JsonFile } from './json-file.ts'
import type { Memory } from './memory.ts'

const remembered = v.object({
  mode: v.pipe(v.string(), v.maxLength(64)),
  mayOverride: v.boolean(),
})

const nothingRemembered: Remembered = { mode: 'automatic', mayOverride: false }

const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const book = v.object({
  months: v.record(
    v.string(),
    v.object({
      month: v.pipe(v.string(), v.isoDate()),
      bytes: v.record(v.string(), bytes),
    }),
  ),
  counters: v.record(v.string(), bytes),
})

/**
 * Remembers in `state.json` and `metering.json` below `folder`; null remembers nothing beyond the
 * process.
 */
export function dataFolder(folder: string | null, log: Log): Memory {
  if (folder === null) return forgetful
  const state = new JsonFile<Remembered>(join(folder, 'state.json'), {
    schema: remembered,
    empty: nothingRemembered,
    loss: 'the mode does not survive a restart',
    log,
  })
  const metering = new JsonFile<MeterBook>(join(folder, 'metering.json'), {
    schema: book,
    empty: emptyBook,
    loss: "the month's bytes do not survive a reboot",
    log,
  })
  return {
    load: () => state.load(),
    save: (value) => state.save(value),
    loadBook: () => metering.load(),
    saveBook: (value) => metering.save(value),
    get settled() {
      return Promise.all([state.settled, metering.settled])
    },
  }
}

const forgetful: Memory = {
  load: () => nothingRemembered,
  save: () => {},
  loadBook: () => emptyBook,
  saveBook: () => {},
  settled: Promise.resolve(),
}
