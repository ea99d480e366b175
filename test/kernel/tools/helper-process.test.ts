import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { HelperProcess } from '../../../src/kernel/tools/helper-process.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { waitFor } from '../../wait-for.ts'

test('who says nothing that it could say is ended and begun anew; one strange line is no reason', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'helper-'))
  const well = join(folder, 'well')
  const script = `
    if test -e ${well}; then
      printf 'add rule\\n\\todd\\nodder\\nadd rule of ours\\n'
      exec sleep 60
    fi
    exec yes '[ 1, rubbish'`
  const log = new RecordedLog()
  let heard = ''
  let missed = 0
  const helper = new HelperProcess({
    ...{ command: 'sh', args: ['-c', script], log, line: /^(add|\s)/ },
    onText: (text) => {
      heard = text
    },
    onMissed: () => {
      missed += 1
    },
  })
  try {
    await waitFor(
      () => log.lines.some((line) => /ended \(it says nothing but .*rubbish/.test(line)),
      {
        what: 'an end of the rubbish',
      },
    )
    writeFileSync(well, '')
    await waitFor(() => heard.endsWith('add rule of ours\n'), { what: 'the well one' })
    await waitFor(() => missed > 0, { what: 'a look at what was missed' })
  } finally {
    helper.close()
    rmSync(folder, { recursive: true })
  }
})
