import '../../lab/enter-namespace.ts'
import { testGrade } from './test-grade.ts'

testGrade({
  missing: ['ct mark', 'conntrack'],
  topology: 'one-subnet',
  told: ['ct_mark', 'conntrack'],
  log: /can't list or delete tracked connections/,
})
