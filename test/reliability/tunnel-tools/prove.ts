import '../../lab/enter-namespace.ts'
import { proveTroubles } from '../tools/prove-troubles.ts'
import { randomTunnelTrouble, TunnelToolTrial } from './tunnel-tool-trial.ts'

await proveTroubles(TunnelToolTrial.open, randomTunnelTrouble)
