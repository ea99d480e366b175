import '../../../lab/enter-namespace.ts'
import { testOtherFlowsIn } from './test-other-flows-in.ts'

testOtherFlowsIn('one-subnet')
