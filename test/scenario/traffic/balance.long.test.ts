import '../../lab/enter-namespace.ts'
import { testBalanceIn } from './test-balance-in.ts'

testBalanceIn('two-interfaces')
