import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listNotifyServices } from '../../../src/homeassistant/core/list-notify-services.ts'
import { FakeCore } from '../../fakes/fake-core.ts'
import { StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'

test('whom Home Assistant can notify is listed phones first, without those that reach nobody', async () => {
  const core = await FakeCore.start()
  core.services = [
    'notify',
    'family',
    'persistent_notification',
    'send_message',
    'mobile_app_phone',
  ]
  const supervisor = await StandInSupervisor.start({ core: { url: core.url, token: core.token } })
  const access = { token: supervisor.token, baseUrl: supervisor.url }
  try {
    assert.deepEqual(await listNotifyServices(access), ['notify.mobile_app_phone', 'notify.family'])
    supervisor.core = null
    assert.equal(await listNotifyServices(access), null)
  } finally {
    await supervisor.close()
    await core.close()
  }
})
