import '../../lab/enter-namespace.ts'
import { testInboundIn } from './test-inbound-in.ts'

testInboundIn('one-subnet')
testInboundIn('lan-and-stick')
