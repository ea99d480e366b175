import '../lab/enter-namespace.ts'
import { testExplain } from './test-explain.ts'

testExplain(7, 24)
