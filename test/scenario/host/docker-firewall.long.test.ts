import '../../lab/enter-namespace.ts'
import { testClientsBesideDocker } from './test-clients-beside-docker.ts'

const answers = '-m conntrack --ctstate RELATED,ESTABLISHED'

testClientsBesideDocker({
  topology: 'lan-and-stick',
  wans: [{}, { metered: true }],
  accepts: ['-i eth0 -o eth0', '-i eth0 -o wwan0', `-i wwan0 -o eth0 ${answers}`],
})
testClientsBesideDocker({
  topology: 'two-interfaces',
  wans: [{}, {}],
  accepts: [
    ...['-i wan1 -o wan1', '-i wan1 -o wan2', '-i wan2 -o wan1', '-i wan2 -o wan2'],
    ...['-i eth0 -o wan1', '-i eth0 -o wan2'],
    ...[`-i wan1 -o eth0 ${answers}`, `-i wan2 -o eth0 ${answers}`],
  ],
})
