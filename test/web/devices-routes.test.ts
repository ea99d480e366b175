import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleDevices } from '../examples/example-devices.ts'
import { ask } from './ask.ts'
import { key, OpenedPage } from './opened-page.ts'

const authorization = `Bearer ${key}`

test('who uses this machine is nothing for each user of a host', async () => {
  await using page = await OpenedPage.standalone()
  const { port } = page
  const without = await ask({ port, path: '/api/devices' })
  assert.equal(without.status, 401)
  assert.match(JSON.parse(without.body).error, /the list of devices, need root's word/)
  const answer = await ask({ port, path: '/api/devices', headers: { authorization } })
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, exampleDevices])
})

test('whoever has the token gets the devices', async () => {
  await using page = await OpenedPage.standalone('a-token-of-these-tests')
  const headers = { authorization: 'Bearer a-token-of-these-tests' }
  const answer = await ask({ port: page.port, path: '/api/devices', headers })
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, exampleDevices])
})

test('before the host was read it says so', async () => {
  await using page = await OpenedPage.standalone()
  page.devices = null
  const answer = await ask({ port: page.port, path: '/api/devices', headers: { authorization } })
  assert.equal(answer.status, 503)
})
