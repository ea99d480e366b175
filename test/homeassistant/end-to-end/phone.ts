/** A phone with the Companion app, as Home Assistant knows it: registered, and pushed to. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { waitFor } from '../../wait-for.ts'
import type { HomeAssistant } from './home-assistant/home-assistant.ts'

export interface Pushed {
  readonly title?: string
  readonly message: string
  readonly data?: {
    readonly group?: string
    readonly actions?: readonly { readonly action: string; readonly title: string }[]
  }
}

export class Phone {
  readonly pushed: Pushed[] = []
  readonly deviceId: string
  readonly #server: Server

  private constructor(deviceId: string, server: Server, pushed: Pushed[]) {
    this.deviceId = deviceId
    this.#server = server
    this.pushed = pushed
  }

  /** Home Assistant must have been opened with `mobile_app` in its configuration. */
  static async register(homeAssistant: HomeAssistant, name: string): Promise<Phone> {
    const pushed: Pushed[] = []
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        pushed.push(JSON.parse(body) as Pushed)
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
      })
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    await post(homeAssistant, {
      device_id: name,
      app_id: 'test',
      app_name: 'Test',
      app_version: '1',
      device_name: name,
      manufacturer: 'Test',
      model: 'Test',
      os_name: 'Test',
      os_version: '1',
      supports_encryption: false,
      app_data: { push_token: 'token', push_url: `http://127.0.0.1:${port}/` },
    })
    const found = await waitFor(
      async () => {
        const devices = await homeAssistant.command<{ id: string; name: string }[]>({
          type: 'config/device_registry/list',
        })
        return devices.find((device) => device.name === name)
      },
      { deadlineMs: 10_000, what: `${name} in Home Assistant's devices` },
    )
    return new Phone(found.id, server, pushed)
  }

  waitForPush(fits: (pushed: Pushed) => boolean, what: string, deadlineMs = 10_000) {
    return waitFor(() => this.pushed.find(fits), { deadlineMs, what: `${what} on the phone` })
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

async function post(homeAssistant: HomeAssistant, registration: unknown): Promise<void> {
  const answer = await fetch(`${homeAssistant.url}/api/mobile_app/registrations`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${homeAssistant.token}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(registration),
    signal: AbortSignal.timeout(20_000),
  })
  if (!answer.ok) throw new Error(`registering a phone: ${answer.status} ${await answer.text()}`)
}
