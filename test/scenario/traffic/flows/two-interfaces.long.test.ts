import '../../../lab/enter-namespace.ts'
import { testFlowsIn } from './test-flows-in.ts'

testFlowsIn('two interfaces, translated', { topology: 'two-interfaces' })
