import '../../lab/enter-namespace.ts'
import { proveTroubles } from './prove-troubles.ts'
import { randomTrouble, ToolTrial } from './tool-trial.ts'

await proveTroubles(ToolTrial.open, randomTrouble)
