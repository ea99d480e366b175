import '../lab/enter-namespace.ts'
import { testNeighbours } from './test-neighbours.ts'

testNeighbours(Array.from({ length: 16 }, (_, i) => i + 9))
