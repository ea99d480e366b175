import '../../lab/enter-namespace.ts'
import { testBalanceIn } from './test-balance-in.ts'

testBalanceIn('one-subnet')
