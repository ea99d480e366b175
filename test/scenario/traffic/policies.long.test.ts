import '../../lab/enter-namespace.ts'
import { testMeteredBackupIn } from './test-metered-backup-in.ts'

testMeteredBackupIn('two-interfaces')
testMeteredBackupIn('lan-and-stick')
