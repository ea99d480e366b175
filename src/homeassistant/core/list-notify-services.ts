/** The notify services of Home Assistant that reach somebody: what a user can choose from. */
import * as v from 'valibot'
import { type SupervisorAccess, SupervisorApi } from '../supervisor/supervisor-api.ts'

/** `GET /api/services`: by domain, each service with its description; only the names matter. */
const servicesShape = v.array(
  v.object({ domain: v.string(), services: v.record(v.string(), v.unknown()) }),
)

/** Everybody at once, nobody's phone, and one that wants an entity besides. */
const notToChoose = ['notify', 'persistent_notification', 'send_message']

/** A house has a dozen; more than these nobody would read. */
const most = 40

/** With their domain, phones first; null where Home Assistant doesn't answer. */
export async function listNotifyServices(
  access: SupervisorAccess,
): Promise<readonly string[] | null> {
  const path = '/core/api/services'
  const reply = await new SupervisorApi(access).ask({ method: 'GET', path })
  if (reply.kind !== 'replied' || reply.status !== 200) return null
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), servicesShape), reply.body)
  if (!parsed.success) return null
  const names = parsed.output
    .filter(({ domain }) => domain === 'notify')
    .flatMap(({ services }) => Object.keys(services))
    .filter((name) => !notToChoose.includes(name))
  const isPhone = (name: string) => name.startsWith('mobile_app_')
  const phonesFirst = [...names.filter(isPhone), ...names.filter((name) => !isPhone(name))]
  return phonesFirst.slice(0, most).map((name) => `notify.${name}`)
}
