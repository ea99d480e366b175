/**
 * Before any verdict: what begins in a silence goes by the other line, what runs stays where it is,
 * and nobody is told.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import { testHiccupIn } from './test-hiccup-in.ts'

const topology = 'one-subnet'

/** A silence of seconds is no verdict: so there is time for what goes on in it, on a busy machine too. */
const patient = { probe: { timeout: 10 }, failback: { delay: 2 } }

testHiccupIn('one subnet, translated', { topology, options: { ...patient, nat: 'always' } })
testHiccupIn('one subnet, immediate failback', {
  topology,
  options: { ...patient, failback: { delay: 2, mode: 'immediate' } },
})
testHiccupIn('two interfaces', { topology: 'two-interfaces', options: patient })
