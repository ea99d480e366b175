import '../../lab/enter-namespace.ts'
import { testRescuedNamesIn } from './test-rescued-names-in.ts'

testRescuedNamesIn('two-interfaces')
testRescuedNamesIn('lan-and-stick')
