/**
 * Import this first: the process starts itself again inside network, mount and process namespaces
 * of its own, as root of a user namespace where it isn't root. What the file then does to rules,
 * routes and nft happens to a network that nobody else is in, and everything that it starts ends
 * with it, even if it is killed. A child that imports this file too gets a network of its own.
 *
 * The private namespace plays the part of the host: the daemon, the broker and the test share it.
 * It must never go on in the machine's own network, whatever happens.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const marker = 'WAN_FAILOVER_LAB_OUTSIDE'
/** Which network may be changed; for LabNode.host(), however it came to be loaded. */
const privateNetwork = 'WAN_FAILOVER_LAB_NETWORK'
const outside = process.env[marker]

// test/every-test.ts puts files together that don't import this, and one import further it can't see.
if (process.execArgv.includes('--test-isolation=none')) {
  throw new Error(
    'a process with several test files in it must not enter a namespace: import this directly',
  )
}
if (outside === undefined) {
  refuse(startAgainInside())
}
assertInside(outside)
delete process.env[marker]
process.env[privateNetwork] = readlinkSync('/proc/self/ns/net')

/** Ends this process with the inner one's status; returns only where no namespace could be made. */
function startAgainInside(): string {
  const root = process.getuid?.() === 0
  const { NODE_CHANNEL_FD: _, ...environment } = process.env
  // Ctrl-C reaches both processes: the inner one decides what it means, this one waits for it.
  process.on('SIGINT', () => undefined)
  // The daemon's folder below /run would be the machine's.
  const runFolder = mkdtempSync(join(tmpdir(), 'wan-failover-run-'))
  // The machine's DNS servers are in no lab: this host asks none until a test says so.
  const resolvConf = join(runFolder, 'lab-resolv.conf')
  writeFileSync(resolvConf, '')
  const names = existsSync('/etc/resolv.conf')
    ? `mount --bind ${resolvConf} /etc/resolv.conf && `
    : ''
  const result = spawnSync(
    'setpriv',
    [
      // A killed outer process takes unshare along, unshare its child, and the kernel the rest.
      ...['--pdeathsig', 'KILL', 'unshare'],
      ...(root ? [] : ['--user', '--map-root-user']),
      ...['--net', '--mount', '--propagation', 'private'],
      ...['--pid', '--fork', '--kill-child=KILL', '--mount-proc'],
      // The shell stays, as the init of the process namespace: Node as process 1 would ignore
      // TERM. Until /sys is mounted anew it shows the machine's links.
      ...[
        'sh',
        '-c',
        `${names}mount -t sysfs sysfs /sys && echo inside >&3 && "$@" 3>&-; exit "$?"`,
        'sh',
      ],
      process.execPath,
      ...process.execArgv,
      ...process.argv.slice(1),
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: {
        ...environment,
        [marker]: readlinkSync('/proc/self/ns/net'),
        RUNTIME_DIRECTORY: runFolder,
      },
    },
  )
  rmSync(runFolder, { recursive: true, force: true })
  if (result.output?.[3]?.toString() === 'inside\n') {
    process.exit(result.status ?? 128 + (constants.signals[result.signal ?? 'SIGKILL'] ?? 9))
  }
  const reason = result.error === undefined ? 'not permitted here' : String(result.error)
  return `the lab needs a network namespace of its own, by setpriv and unshare: ${reason}`
}

/** An error; but for a test file on a machine that isn't CI a skip that the runner hears of. */
function refuse(reason: string): never {
  const { CI: ci, NODE_TEST_CONTEXT: testContext } = process.env
  if (ci === 'true' || testContext === undefined) throw new Error(reason)
  const skip = `import { test } from 'node:test'
    test('needs network namespaces', { skip: ${JSON.stringify(reason)} })`
  spawnSync(process.execPath, ['--input-type=module', '--eval', skip], { stdio: 'inherit' })
  process.exit(0)
}

function assertInside(outsideNamespace: string): void {
  const inside = readlinkSync('/proc/self/ns/net')
  if (inside === outsideNamespace) {
    throw new Error(`the lab must not run in the machine's own network (${inside})`)
  }
  if (!readdirSync('/sys/class/net').includes('lo')) {
    throw new Error('the private network namespace has no loopback, or /sys shows another one')
  }
}
