import '../lab/enter-namespace.ts'
import { testNeighbours } from './test-neighbours.ts'

testNeighbours([1, 2, 3, 4, 5, 6, 7, 8])
