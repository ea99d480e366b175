/** Whom the page can offer to notify. */
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { NotifyServicesAnswer } from '../model/published/notify-services.ts'

/** Ends by itself in seconds; null: nobody can be asked. */
export type ListNotifyServices = () => Promise<readonly string[] | null>

export function addNotify(
  app: Hono<{ readonly Bindings: HttpBindings }>,
  list: ListNotifyServices,
): void {
  app.get('/api/notify', async (context) => {
    const answer: NotifyServicesAnswer = { services: await list() }
    return context.json(answer)
  })
}
