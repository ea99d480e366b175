import '../../../lab/enter-namespace.ts'
import { testFlowsIn } from './test-flows-in.ts'

testFlowsIn('one subnet, untranslated', { topology: 'one-subnet' })
