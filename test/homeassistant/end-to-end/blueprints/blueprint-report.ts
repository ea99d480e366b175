/** The blueprint that sends the report of a month, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleReport } from '../../../examples/example-report.ts'
import { waitFor } from '../../../wait-for.ts'
import type { BlueprintHome } from './blueprint-home.ts'

export function testMonthlyReport(home: () => BlueprintHome): void {
  const sent = async (report: object) => {
    home().phone.pushed.length = 0
    await home().automate('monthly_report', { notify_devices: [home().phone.deviceId] })
    await home().homeAssistant.fireEvent('wan_failover_report', { ...report })
    return waitFor(() => home().phone.pushed[0], { deadlineMs: 10_000, what: 'a report' })
  }

  test('sends the minutes saved, and how each line was', async () => {
    const { title, message } = await sent(exampleReport())
    assert.equal(title, 'Your lines in 2026-11')
    assert.equal(
      message,
      'Another line carried your house for 20 minutes, in 2 failovers. primary: 99.954 %, ' +
        '2 outages, the longest 10 minutes. secondary: 100 %, 0 outages.',
    )
  })

  test('says when no line worked, and leaves out what nobody watched', async () => {
    const report = exampleReport({ outages: 0 })
    const wans = {
      primary: { ...report.wans['primary'], availability_percent: null },
    }
    const { message } = await sent({ ...report, offline_s: 61, wans })
    assert.equal(message, 'No failover. No line worked for 2 minutes. primary: 0 outages.')
  })
}
