/**
 * A Debian whose process 1 is a real systemd, in the network namespace of this process: the host of
 * the lab, booted. What it writes lies over the Debian tree and goes with it; the checkout is at
 * /usr/src/wan-failover and can't be written to. It must never be booted where others are.
 */
import '../lab/enter-namespace.ts'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { waitFor } from '../wait-for.ts'
import { checkout, debianTree } from './debian.ts'

const execute = promisify(execFile)
const commandMs = 240_000
const bootMs = 60_000
const outputBytes = 16 * 1024 * 1024
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
export const sources = '/usr/src/wan-failover'

export interface Ended {
  readonly code: number
  /** What it said, standard output and error. */
  readonly text: string
}

export class Machine {
  readonly #room: ChildProcess
  readonly #cgroup: string
  #init = 0

  private constructor(room: ChildProcess, cgroup: string) {
    this.#room = room
    this.#cgroup = cgroup
  }

  /**
   * systemd has started what it starts when this resolves. What it writes goes with it, or stays on
   * `disk`, a folder of the test's own, for the next one that boots from it; what another machine
   * has left on the disk `over` lies below and isn't written to.
   */
  static async boot({
    disk = '',
    over = '',
  }: {
    readonly disk?: string
    readonly over?: string
  } = {}): Promise<Machine> {
    const cgroup = `wan-failover-systemd-${randomUUID()}`
    const room = spawn(
      'unshare',
      [
        ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=KILL'],
        ...['--uts', '--ipc', 'sh', '-e', '-c', bootScript, 'sh'],
        ...[over === '' ? debianTree : `${over}/written:${debianTree}`, checkout, cgroup, disk],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const console: string[] = []
    for (const stream of [room.stdout, room.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => console.push(chunk))
    }
    const machine = new Machine(room, cgroup)
    try {
      await machine.#started()
    } catch (error) {
      await machine.close()
      throw new Error(`booting Debian; it says:\n${console.join('')}`, { cause: error })
    }
    return machine
  }

  /** Resolves with what it printed; rejects where it ends with another code than 0. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const { code, text } = await this.try(command, ...args)
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${text}`)
    return text.trimEnd()
  }

  async try(command: string, ...args: readonly string[]): Promise<Ended> {
    const entrance = ['--target', String(this.#init), '--all', '--']
    const environment = ['-i', `PATH=${path}`, 'HOME=/root', 'LANG=C.UTF-8', ...offlineNpm]
    const words = [...entrance, 'env', '--chdir=/', ...environment, command, ...args]
    try {
      const limits = { timeout: commandMs, maxBuffer: outputBytes }
      const { stdout, stderr } = await execute('nsenter', words, limits)
      return { code: 0, text: `${stdout}${stderr}` }
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as Record<string, string | undefined>
      if (typeof code !== 'number') throw error
      return { code, text: `${stdout}${stderr}` }
    }
  }

  /** A property of the service, as `systemctl show` names it. */
  property(name: string): Promise<string> {
    return this.run('systemctl', 'show', `--property=${name}`, '--value', 'wan-failover.service')
  }

  /** What the service has logged since this boot, a line each, with the priority in front. */
  async journal(): Promise<readonly string[]> {
    const words = ['--unit', 'wan-failover.service', '--boot', '--quiet', '--no-pager']
    const lines = (await this.run('journalctl', ...words, '--output', 'json')).split('\n')
    return lines
      .filter((line) => line !== '')
      .map((line) => {
        const { PRIORITY: priority, MESSAGE: message } = JSON.parse(line) as Record<string, string>
        return `<${priority}> ${message}`
      })
  }

  /** The units that have failed, a line each, and the end of their journals; empty where none has. */
  async failures(): Promise<string> {
    const listed = await this.run('systemctl', '--failed', '--plain', '--no-legend', '--no-pager')
    const units = listed.split('\n').flatMap((line) => line.trim().split(' ')[0] || [])
    const words = ['--quiet', '--no-pager', '--lines', '30']
    const journals = units.map((unit) => this.run('journalctl', '--unit', unit, ...words))
    return [listed, ...(await Promise.all(journals))].join('\n')
  }

  async writeFile(file: string, text: string): Promise<void> {
    const script = 'mkdir -p "$(dirname "$1")"; printf %s "$2" >"$1"'
    await this.run('sh', '-e', '-c', script, 'sh', file, text)
  }

  /** From now on it does nothing more, but for what its kernel still brings to the disk. */
  async freeze(): Promise<void> {
    const words = ['--mount', '--propagation', 'private', 'sh', '-e', '-c', freezeScript, 'sh']
    await execute('unshare', [...words, this.#cgroup], { timeout: commandMs })
  }

  /** Switches off: what runs in it ends at once, and what it wrote is gone. */
  async close(): Promise<void> {
    if (this.#room.exitCode !== null || this.#room.signalCode !== null) return
    const ended = once(this.#room, 'exit')
    this.#room.kill('SIGKILL')
    await ended
    const words = ['--mount', '--propagation', 'private', 'sh', '-e', '-c', sweepScript, 'sh']
    await execute('unshare', [...words, this.#cgroup], { timeout: commandMs })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #started(): Promise<void> {
    const { pid } = this.#room
    const what = 'systemd to say that it runs'
    const state = await waitFor(
      async () => {
        if (this.#room.exitCode !== null) return 'ended'
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        this.#init = Number(children.trim().split(' ')[0])
        const { text } = await this.try('systemctl', 'is-system-running')
        return /running|degraded/.test(text) ? text.trim() : null
      },
      { deadlineMs: bootMs, what, everyMs: 100 },
    )
    if (state !== 'running') throw new Error(`it is ${state}: ${await this.#failuresNow()}`)
  }

  async #failuresNow(): Promise<string> {
    return this.#room.exitCode === null ? await this.failures() : ''
  }
}

/** npm has the cache that prepare.ts filled, and no Internet. */
const offlineNpm = ['npm_config_cache=/var/cache/npm', 'npm_config_offline=true']

/** `$1` cgroup. */
const freezeScript = `
mount -t cgroup2 cgroup2 /mnt
echo 1 >"/mnt/$1/cgroup.freeze"
until grep -q '^frozen 1' "/mnt/$1/cgroup.events"; do sleep 0.01; done
`

/** `$1` cgroup. It is empty as soon as the last process has been reaped. */
const sweepScript = `
mount -t cgroup2 cgroup2 /mnt
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if ! grep -q '^populated 1' "/mnt/$1/cgroup.events"; then break; fi
  sleep 0.1
done
find "/mnt/$1" -depth -type d -exec rmdir {} +
`

/**
 * `$1` Debian tree, and what lies over it, `$2` checkout, without a page that was built there, `$3` cgroup, `$4`
 * the disk or nothing. systemd gets a cgroup of its own as its root, or it
 * would take the machine's; the second version is there on every kernel. With /sys and /proc/sys
 * read-only it leaves devices and kernel settings alone, as in any container; there it also leaves
 * it to others to share the mounts, without which a service gets no credentials.
 */
const bootScript = `
if [ -n "$4" ]; then mount --bind "$4" /mnt; else mount -t tmpfs tmpfs /mnt; fi
mkdir -p /mnt/written /mnt/work /mnt/root
mount -t overlay -o "lowerdir=$1,upperdir=/mnt/written,workdir=/mnt/work" overlay /mnt/root
mkdir -p "/mnt/root/usr/src/wan-failover"
mount --bind "$2" /mnt/root/usr/src/wan-failover
mount -o remount,bind,ro /mnt/root/usr/src/wan-failover
cd /mnt/root
if [ -d usr/src/wan-failover/page ]; then mount -t tmpfs tmpfs usr/src/wan-failover/page; fi
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mkdir "sys/fs/cgroup/$3"
echo 0 >"sys/fs/cgroup/$3/cgroup.procs"
umount sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm dev/net
mknod -m 666 dev/net/tun c 10 200
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
for scratch in dev/shm tmp; do mount -t tmpfs tmpfs "$scratch"; done
# As systemd has it: only root makes folders there.
mount -t tmpfs -o mode=755 tmpfs run
for unit in console-getty getty-static systemd-modules-load apt-daily apt-daily-upgrade; do
  ln -sfn /dev/null "etc/systemd/system/$unit.service"
done
pivot_root . mnt
mount --make-rshared /
exec unshare --cgroup sh -e -c '
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  umount -l /mnt
  exec env -i container=lab PATH="$PATH" /sbin/init' </dev/null
`
