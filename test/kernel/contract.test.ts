import '../lab/enter-namespace.ts'
import { kernelContract } from '../contract/kernel.ts'
import { makeRealHost } from './real-host.ts'

kernelContract('Linux', makeRealHost)
