/** Who uses this machine, as the page asks: nobody looks before that, and nothing of it is kept. */
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Devices } from '../model/published/devices.ts'

/** Looks for the house's devices; it changes nothing on this host. Ends by itself in seconds. */
export interface DeviceFinder {
  /** null: the daemon hasn't read the host yet. */
  find(): Promise<Devices | null>
}

export function addDevices(app: Hono<{ readonly Bindings: HttpBindings }>, finder: DeviceFinder) {
  app.get('/api/devices', async (context) => {
    const found = await finder.find()
    if (found !== null) return context.json(found)
    return context.json({ error: 'it has just started, ask again' }, 503)
  })
}
