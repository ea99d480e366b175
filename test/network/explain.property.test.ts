import '../lab/enter-namespace.ts'
import { testExplain } from './test-explain.ts'

/** Of six in a row these come to every gateway most evenly. */
testExplain([7, 8, 9, 10, 11, 12])
