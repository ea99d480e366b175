import '../../lab/enter-namespace.ts'
import { testTroubles } from './test-troubles.ts'

testTroubles([{ tool: 'ip', ailment: 'error', happening: 'start', running: 'die' }])
