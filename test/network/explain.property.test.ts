import '../lab/enter-namespace.ts'
import { testExplain } from './test-explain.ts'

testExplain(1, 6)
