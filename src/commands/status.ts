import * as v from 'valibot'
import { askControlSocket } from '../control/ask-control-socket.ts'
import { statusText } from '../report/status-text.ts'
import { type Arguments, complain, print } from './arguments.ts'

/** What the running daemon says; 1 where none runs. */
export async function status({ json }: Arguments): Promise<number> {
  const asked = await askControlSocket()
  if (asked.kind === 'silent') {
    complain(asked.reason)
    return 1
  }
  if (asked.snapshot === null) {
    complain('the daemon has just started; ask again in a moment')
    return 1
  }
  if (!asked.turning) complain('the daemon hangs; what follows is old')
  if (json) {
    print(JSON.stringify(asked.snapshot, null, 2))
    return 0
  }
  const parsed = v.safeParse(snapshotSchema, asked.snapshot)
  if (!parsed.success) {
    complain('the running daemon is of another version; try status --json')
    return 1
  }
  for (const line of statusText(parsed.output)) print(line)
  return 0
}

const measured = {
  state: v.string(),
  reason: v.string(),
  latency_ms: v.nullable(v.number()),
  loss_percent: v.nullable(v.number()),
}

const wan = v.object({
  ...measured,
  ipv6: v.optional(v.nullable(v.object(measured))),
  gateway: v.nullable(v.string()),
  interface: v.nullable(v.string()),
  public_ip: v.nullable(v.string()),
})

const snapshotSchema = v.object({
  mode: v.string(),
  active: v.nullable(v.string()),
  test_failover: v.object({ on: v.boolean(), until: v.nullable(v.string()) }),
  wans: v.record(v.string(), wan),
  policies: v.record(v.string(), v.object({ wan: v.nullable(v.string()), reason: v.string() })),
  names: v.object({ state: v.string(), reason: v.string() }),
  suspect: v.optional(v.array(v.string()), []),
  problems: v.array(v.string()),
})
