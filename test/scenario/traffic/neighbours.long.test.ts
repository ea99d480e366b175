import '../../lab/enter-namespace.ts'
import { testRouterIn } from './test-router-in.ts'

testRouterIn('two-interfaces')
