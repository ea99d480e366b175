import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { filesPerHost, LockOut } from './lock-out.ts'

/** `npm run reliability` tries five hundred. */
const hosts = 2

let lockOut: LockOut
before(async () => {
  lockOut = await LockOut.open()
})
after(() => lockOut.close())

for (let file = 0; file < hosts * filesPerHost; file += 1) {
  test(`option file ${file} locks nobody out`, async () => {
    assert.ok((await lockOut.try(file)) > 20, 'too little got through to say anything')
  })
}
