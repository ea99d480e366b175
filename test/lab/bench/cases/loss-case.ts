/** Both WANs lose packets, evenly, and neither is down: whoever fails over here is wrong. */
import type { EventType } from '../../../../src/model/published/snapshot.ts'
import { House } from '../../house/house.ts'
import type { Lab } from '../../lab.ts'
import { InternetBytes } from '../../measure/internet-bytes.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import { type BenchSettings, pathMs } from '../bench-settings.ts'
import { movesAway } from '../instruments/moves.ts'
import { pause } from '../instruments/pause.ts'
import type { Peer } from '../peers/peer.ts'
import { PeerHouse } from '../peers/peer-house.ts'
import type { CaseResult, Row } from '../result/row.ts'

const lossPercent = 5
const stepMs = 5000
const hourMs = 3_600_000
const wrong: readonly EventType[] = ['failover', 'wan_down', 'all_down']
/** Round trips are lost with 1 − 0.95², 9.75 %; outside of this the lab didn't do what it should. */
const plausible = { lowest: 6.5, highest: 13 }

interface Lossy {
  readonly beforeMs: number
  readonly sent: number
  readonly clientLossPercent: number
  readonly moves: number
}

/** The daemon with these options, as this contender. */
export async function measureLoss(
  contender: string,
  options: Readonly<Record<string, unknown>>,
  settings: BenchSettings,
): Promise<CaseResult> {
  await using house = await House.open({ topology: 'one-subnet', pathMs, options })
  const { lab, mqtt } = house
  const kilobytes = await probesAnHour(lab, settings)
  let secondaryLost = 0
  const calmMs = monotonicMs()
  const lossy = await losePackets(lab, settings, (seconds) => {
    secondaryLost = Math.max(secondaryLost, mqtt.state()?.wans['secondary']?.loss_percent ?? 0)
    settings.progress(`loss: ${seconds} s, ${eventsSince(house, calmMs).map(describe)}`)
  })
  if (secondaryLost === 0) throw new Error('the daemon saw no loss on the secondary')

  const events = eventsSince(house, lossy.beforeMs)
  const mistakes = events.filter(({ event_type: type }) => wrong.includes(type))
  const verdicts: Row = {
    id: `loss: ${contender}`,
    title: `${contender}: wrong verdicts in ${minutes(settings)} of ${lossPercent} % loss each way`,
    unit: 'count',
    samples: [mistakes.length],
    failures: [],
    limit: { worst: 0 },
  }
  return {
    rows: [verdicts, ...rowsBeside(contender, { kilobytes, lossy }, settings)],
    runs: [{ ...lossy, secondaryLost, events }],
  }
}

export async function measurePeerLoss(peer: Peer, settings: BenchSettings): Promise<CaseResult> {
  await using house = await PeerHouse.open(peer)
  const kilobytes = await probesAnHour(house.lab, settings)
  const lossy = await losePackets(house.lab, settings, (seconds) => {
    if (seconds % 60 < stepMs / 1000) settings.progress(`loss, ${peer.id}: ${seconds} s`)
  })
  return { rows: rowsBeside(peer.name, { kilobytes, lossy }, settings), runs: [lossy] }
}

/** Of the WAN in use, both ways, while no client sends anything. */
async function probesAnHour(lab: Lab, { restMs }: BenchSettings): Promise<number> {
  const bill = await InternetBytes.count(lab)
  const [startBytes, startMs] = [await bill.of(1), monotonicMs()]
  await pause(restMs)
  const bytes = (await bill.of(1)) - startBytes
  if (bytes === 0) throw new Error('the line in use was not probed at all')
  return ((bytes / (monotonicMs() - startMs)) * hourMs) / 1000
}

async function losePackets(
  lab: Lab,
  { lossMs }: BenchSettings,
  step: (seconds: number) => void,
): Promise<Lossy> {
  // Slow enough to take no CPU from whoever watches, fast enough to know the loss well.
  const stream = await lab.client(1).startStream({ everyMs: 50 })
  const loss = { kind: 'loss', percent: lossPercent, direction: 'both' } as const
  const { beforeMs } = await lab.fault({ wan: 1, ...loss })
  await lab.fault({ wan: 2, ...loss })
  while (monotonicMs() - beforeMs < lossMs) {
    await pause(Math.min(stepMs, lossMs))
    step(Math.round((monotonicMs() - beforeMs) / 1000))
  }
  const toMs = monotonicMs()
  const samples = stream.between(beforeMs, toMs)
  const clientLossPercent = (stream.lostBetween(beforeMs, toMs) / samples.length) * 100
  await stream.stop()
  if (clientLossPercent < plausible.lowest || clientLossPercent > plausible.highest) {
    throw new Error(`the lab lost ${clientLossPercent.toFixed(1)} % of the client's round trips`)
  }
  return { beforeMs, sent: samples.length, clientLossPercent, moves: movesAway(samples) }
}

function rowsBeside(
  contender: string,
  { kilobytes, lossy }: { readonly kilobytes: number; readonly lossy: Lossy },
  settings: BenchSettings,
): Row[] {
  const row = { failures: [], limit: null } as const
  return [
    {
      ...row,
      id: `bytes: ${contender}`,
      title: `${contender}: bytes of its probes an hour`,
      unit: 'kB',
      samples: [kilobytes],
      beside: { contender, column: 'bytes' },
    },
    {
      ...row,
      id: `wrong: ${contender}`,
      title: `${contender}: times that a running flow was moved by mere loss`,
      unit: 'count',
      samples: [lossy.moves],
      beside: { contender, column: 'wrong', within: minutes(settings) },
    },
  ]
}

function minutes({ lossMs }: BenchSettings): string {
  return `${Math.round(lossMs / 6_000) / 10} min`
}

function eventsSince({ mqtt }: House, fromMs: number): House['mqtt']['events'] {
  return mqtt.events.filter(({ seenMs }) => seenMs >= fromMs)
}

function describe({ event_type: type, reason }: { event_type: EventType; reason: string }): string {
  return `${type}: ${reason}`
}
