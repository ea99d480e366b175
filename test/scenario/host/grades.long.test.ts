import '../../lab/enter-namespace.ts'
import { type Grade, testGrade } from './test-grade.ts'

const grades: readonly Grade[] = [
  {
    missing: ['ct mark'],
    topology: 'two-interfaces',
    told: ['ct_mark'],
    log: /can't mark connections: devices' TCP connections are kept in nft sets/,
  },
  {
    missing: ['conntrack'],
    topology: 'two-interfaces',
    told: ['conntrack'],
    log: /can't list or delete tracked connections/,
  },
  {
    missing: ['multipath'],
    topology: 'two-interfaces',
    told: ['multipath'],
    log: /no multipath routes: nothing is missing/,
  },
  {
    missing: ['nat6'],
    topology: 'two-interfaces',
    told: [],
    log: /can't translate IPv6/,
  },
  {
    missing: ['dnat'],
    topology: 'two-interfaces',
    told: [],
    log: /can't translate where packets go/,
  },
  {
    missing: ['set counters'],
    topology: 'two-interfaces',
    told: [],
    log: /can't count in nft sets/,
  },
]

for (const grade of grades) testGrade(grade)
