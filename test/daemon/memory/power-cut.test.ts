/** What a power cut leaves of files that were replaced, on a file system that doesn't guess. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { replaceFile } from '../../../src/commands/options-desk/replace-file.ts'
import { dataFolder } from '../../../src/daemon/memory/data-folder.ts'
import { writeSettingsFile } from '../../../src/server/commands/settings-store.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { HarshDisk } from '../../lab/disk/harsh-disk.ts'
import { loopDevice, skipWithout } from '../../lab/host/requirements.ts'
import { exampleServer } from '../../server/example-server.ts'
import { waitFor } from '../../wait-for.ts'

const saveOptions = fileURLToPath(new URL('../../../addon/save-options', import.meta.url))

interface Kept {
  readonly what: string
  readonly write: (folder: string, which: 'old' | 'new') => unknown
  readonly read: (folder: string) => string
}

const kept: readonly Kept[] = [
  {
    what: 'the mode',
    write: (folder, mode) =>
      dataFolder(folder, new RecordedLog()).save({ mode, mayOverride: false }),
    read: (folder) => dataFolder(folder, new RecordedLog()).load().mode,
  },
  {
    what: 'the options, where the page may write them',
    write: (folder, text) => replaceFile(join(folder, 'options.yaml'), text),
    read: (folder) => readFileSync(join(folder, 'options.yaml'), 'utf8'),
  },
  {
    what: 'the options, by root’s hand',
    write: async (folder, text) => {
      writeFileSync(join(folder, 'options.yaml.wanted'), text)
      const options = join(folder, 'etc/options.yaml')
      mkdirSync(join(folder, 'etc'), { recursive: true })
      await promisify(execFile)(saveOptions, [folder, options], { timeout: 30_000 })
    },
    read: (folder) => readFileSync(join(folder, 'etc/options.yaml'), 'utf8'),
  },
  {
    what: 'a server’s settings',
    write: (folder, endpoint) =>
      writeSettingsFile(join(folder, 'server.json'), { ...exampleServer(), endpoint }),
    read: (folder) => JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')).endpoint,
  },
]

describe('a power cut', { skip: skipWithout(loopDevice, 'mke2fs') }, () => {
  for (const { what, write, read } of kept) {
    test(`leaves ${what} old or new, and nothing else`, async () => {
      await using disk = await HarshDisk.make()
      await write(disk.path, 'old')
      await disk.sync()
      await write(disk.path, 'new')
      const left = await waitFor(
        async () => {
          const found = await disk.afterPowerCut(read)
          return found === 'old' ? null : { found }
        },
        { deadlineMs: 20_000, everyMs: 50, what: 'the new one to be on the disk' },
      )
      assert.equal(left.found, 'new')
    })
  }
})
