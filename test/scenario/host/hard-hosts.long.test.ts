/**
 * What a host may come to: it is crowded, its disk is full, its clock jumps, its links change names.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import { testClock, testSpoiltFolder } from './spoilt-host.ts'

const dayMs = 24 * 60 * 60 * 1_000
testSpoiltFolder('read-only', (path) => `mount -o remount,ro ${path}`)
testClock('forward', dayMs)
