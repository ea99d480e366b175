import '../../../lab/enter-namespace.ts'
import { testFlowsIn } from './test-flows-in.ts'

testFlowsIn('one subnet, translated', { topology: 'one-subnet', options: { nat: 'always' } })
