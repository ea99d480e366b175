/** More seeds of the simulation. `npm run simulate` plays others, and one again. */
import { testSeeds } from './test-seeds.ts'

/**
 * Each of them has found something once, or covers a house and a fault that others don't. 8 takes
 * longest by far: so it doesn't wait for others.
 */
testSeeds([8, 125, 149, 3001, 5019, 7005, 7127, 545892514, 377266095, 20001, 698691021, 197109691])
