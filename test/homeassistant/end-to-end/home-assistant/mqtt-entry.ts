/** The MQTT integration, set up by the same config flow as in Home Assistant's settings. */
import type { Broker } from '../../../../src/homeassistant/mqtt/broker.ts'
import { waitFor } from '../../../wait-for.ts'

export interface MqttEntryOptions {
  readonly url: string
  readonly token: string
  readonly broker: Broker
}

interface FlowStep {
  readonly flow_id: string
  readonly type: string
  readonly step_id?: string
  readonly data_schema?: readonly { readonly name: string; readonly default?: unknown }[]
  readonly result?: { readonly entry_id: string }
}

/** Resolves when the integration is loaded, which is when it is connected. */
export async function addMqttEntry({ url, token, broker }: MqttEntryOptions): Promise<void> {
  const entries = `${url}/api/config/config_entries`
  const form = await ask<FlowStep>(`${entries}/flow`, token, { handler: 'mqtt' })
  if (form.step_id !== 'broker')
    throw new Error(`another form than expected: ${JSON.stringify(form)}`)
  const protocol = form.data_schema?.find(({ name }) => name === 'protocol')?.default
  const done = await ask<FlowStep>(`${entries}/flow/${form.flow_id}`, token, {
    broker: broker.host,
    port: broker.port,
    ...(protocol === undefined ? {} : { protocol }),
    username: broker.username,
    password: broker.password,
    other_settings: { set_client_cert: false, set_ca_cert: 'off', transport: 'tcp' },
  })
  if (done.type !== 'create_entry') throw new Error(`the form is refused: ${JSON.stringify(done)}`)
  const loaded = async () => {
    const found = await ask<{ entry_id: string; state: string }[]>(
      `${entries}/entry?domain=mqtt`,
      token,
    )
    return found.some(
      ({ entry_id, state }) => entry_id === done.result?.entry_id && state === 'loaded',
    )
  }
  await waitFor(loaded, {
    deadlineMs: 20_000,
    everyMs: 50,
    what: 'the MQTT integration to be loaded',
  })
}

async function ask<T>(url: string, token: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
