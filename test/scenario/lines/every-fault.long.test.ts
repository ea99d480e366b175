import '../../lab/enter-namespace.ts'
import { testFault } from './test-fault.ts'

testFault({
  name: 'a dead gateway',
  topology: 'two-interfaces',
  fault: { kind: 'gateway-dead' },
  reason: /the gateway 10\.1\.0\.1 does not/,
})
testFault({
  name: 'a gateway that says no',
  topology: 'one-subnet',
  fault: { kind: 'upstream-unreachable' },
  reason: /unreachable|no reply from /,
})
