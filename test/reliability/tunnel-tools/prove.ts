import '../../lab/enter-namespace.ts'
import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { randomTunnelTrouble, TunnelToolTrial } from './tunnel-tool-trial.ts'

await prove(async ({ count, seed, wrong }) => {
  const trial = await TunnelToolTrial.open()
  for (let i = 0; i < count; i += 1) {
    const problem = await trial.try(randomTunnelTrouble(new Random(seed + i)))
    if (problem !== null) wrong(`trouble ${i}: ${problem}`)
  }
  await trial.close()
  const most = Math.max(...trial.tookMs) / 1_000
  return `${count} troubles; whole again after ${most.toFixed(1)} s at most`
})
