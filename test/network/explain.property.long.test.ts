import '../lab/enter-namespace.ts'
import { testExplain } from './test-explain.ts'

testExplain([1, 2, 3, 4, 5, 6, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24])
