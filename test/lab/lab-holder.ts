/** For isolation.test.ts: holds a lab, says its namespaces as JSON, and obeys a word a line. */
import { readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Lab } from './lab.ts'

await using lab = await Lab.create({ topology: 'one-subnet' })
say(JSON.stringify(lab.nodes().map(({ pid }) => readlinkSync(`/proc/${pid}/ns/net`))))
for await (const word of createInterface({ input: process.stdin })) {
  if (word === 'break') {
    await lab.fault({ wan: 1, kind: 'upstream-silent' })
    say('done')
  } else if (word === 'ping') {
    // A reply ends it; on a busy machine the first may be late.
    const answered = lab.client(1).run('ping', '-c1', '-w3', '1.1.1.1')
    say(await answered.then(() => 'answered').catch(() => 'silent'))
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
