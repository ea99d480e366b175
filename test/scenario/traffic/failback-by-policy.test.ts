import '../../lab/enter-namespace.ts'
import { testPhoneIn } from './test-phone-in.ts'

testPhoneIn('one-subnet')
