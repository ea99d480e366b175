/**
 * The Supervisor's watchdog for this add-on: it restarts one that ended with an error or that Docker
 * finds unhealthy. It is off at every installation, and a manifest can't turn it on; a router that
 * hangs unwatched takes the house offline.
 */
import { type SupervisorAccess, SupervisorApi } from './supervisor-api.ts'

const path = '/addons/self/options'

/** null once it is on; else why not, one sentence without a full stop. */
export async function switchOnWatchdog(access: SupervisorAccess): Promise<string | null> {
  // The user's options stay as they are: the Supervisor changes what the body names.
  const question = { method: 'POST', path, body: { watchdog: true } } as const
  const reply = await new SupervisorApi(access).ask(question)
  if (reply.kind !== 'replied') return reply.reason
  return reply.status === 200 ? null : `the Supervisor answers ${path} with status ${reply.status}`
}
