import { holdControlSocket } from '../control/control-socket.ts'
import { socketPlace } from '../control/socket-place.ts'
import { Reconciler } from '../daemon/reconciler.ts'
import { forgetHomeAssistant } from '../homeassistant/mqtt/forget.ts'
import { cardTopic } from '../homeassistant/mqtt/pair-channel.ts'
import { createKernel } from '../kernel/linux-kernel.ts'
import { lackingToDial } from '../kernel/tunnels/dial-processes.ts'
import { l2tpDialler } from '../kernel/tunnels/l2tp-dialler.ts'
import { wireguardDevices } from '../kernel/tunnels/wireguard-devices.ts'
import { pinoLog } from '../logging/pino-log.ts'
import type { Log } from '../model/log.ts'
import { baseTopicOf } from '../model/settings/base-topic.ts'
import { nothing } from '../network/desired-state.ts'
import { takeAwayLeftovers } from '../pair/leftovers.ts'
import { type Arguments, complain, print } from './arguments.ts'
import { readOptions } from './read-options.ts'
import { brokerOfOptions } from './run/connect-home-assistant.ts'

/**
 * Removes every rule, route, table and tunnel's interface of ours, whatever version and options made them, and our
 * retained topics at a broker that the options name.
 */
export async function cleanup({ optionsPath }: Arguments): Promise<number> {
  const holding = await holdControlSocket(() => ({ turning: false, snapshot: null }))
  if (holding.kind === 'refused') {
    complain(holding.reason)
    return 1
  }
  const log = pinoLog('warn', 'text')
  const kernel = await createKernel({ log })
  try {
    const { pairFolder, dialFolder } = socketPlace()
    await takeAwayLeftovers(pairFolder, log)
    await l2tpDialler({ log, folder: dialFolder, lacking: lackingToDial }).hangUp()
    const left = [
      ...(await new Reconciler(kernel, log).restore(nothing)),
      ...(await wireguardDevices({ log, folder: null }).keepOnly([])),
    ]
    await forgetOverMqtt(optionsPath, log)
    for (const problem of left) complain(problem)
    if (left.length > 0) return 1
    print('nothing of WAN Failover is left on this host')
    return 0
  } finally {
    await kernel.close()
    await holding.release()
  }
}

async function forgetOverMqtt(optionsPath: string, log: Log): Promise<void> {
  const options = readOptions(optionsPath)
  if (options.kind === 'invalid') return
  const { mqtt, pair } = options.settings
  const broker = brokerOfOptions(mqtt, { token: process.env['SUPERVISOR_TOKEN'] })
  if (broker === null) return
  const forgotten = await forgetHomeAssistant({
    broker,
    baseTopic: baseTopicOf(options.settings),
    alsoOurs: pair === null ? [] : [cardTopic(mqtt.baseTopic, pair)],
    log,
  })
  if (forgotten.kind === 'forgotten')
    print(`removed ${forgotten.topics.length} retained topics from the broker`)
  else if (forgotten.kind === 'refused')
    complain(`the broker still has our retained topics: ${forgotten.reason}`)
}
