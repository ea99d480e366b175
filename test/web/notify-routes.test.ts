import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from './ask.ts'
import { OpenedPage } from './opened-page.ts'

test('the page is told whom Home Assistant can notify', async () => {
  await using opened = await OpenedPage.standalone()
  const { status, body } = await ask({ port: opened.port, path: '/api/notify' })
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(body), { services: ['notify.mobile_app_phone'] })
})
