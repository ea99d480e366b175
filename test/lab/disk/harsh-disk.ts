/**
 * A file system of a test's own, and what a power cut would leave of it: a copy of what is on its disk
 * at that moment, mounted anew. It doesn't guess which file was meant to be whole, as ext4 else does.
 * Import enter-namespace first: the mounts go with the process.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from '../../wait-for.ts'

const execute = promisify(execFile)
const commandMs = 30_000
/** The journal is written each second; what the files hold, half a minute later. */
const mountOptions = 'loop,noauto_da_alloc,commit=1'

export class HarshDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wan-failover-disk-'))
  /** Where it is mounted. */
  readonly path = join(this.#folder, 'mounted')
  readonly #image = join(this.#folder, 'image')
  readonly #copy = join(this.#folder, 'copy')
  readonly #after = join(this.#folder, 'after')

  private constructor() {
    for (const folder of [this.path, this.#after]) mkdirSync(folder)
  }

  static async make({ sizeMb = 16 } = {}): Promise<HarshDisk> {
    const disk = new HarshDisk()
    await run('mke2fs', '-q', '-t', 'ext4', disk.#image, `${sizeMb}M`)
    await run('mount', '-o', mountOptions, disk.#image, disk.path)
    return disk
  }

  /** The disk as it is found when the power is back; this one goes on as if nothing were. */
  async cutPower(): Promise<HarshDisk> {
    const next = new HarshDisk()
    await this.#copyTo(next.#image)
    await run('mount', '-o', mountOptions, next.#image, next.path)
    return next
  }

  /** All that was written until now is on the disk. */
  async sync(): Promise<void> {
    await run('sync', '--file-system', this.path)
  }

  /** What `read` finds after a power cut now; `folder` is like `path`. */
  async afterPowerCut<T>(read: (folder: string) => T): Promise<T> {
    await this.#copyTo(this.#copy)
    await run('mount', '-o', 'loop', this.#copy, this.#after)
    try {
      return read(this.#after)
    } finally {
      await run('umount', this.#after)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', this.path)
    rmSync(this.#folder, { recursive: true })
  }

  async #copyTo(copy: string): Promise<void> {
    const isWhole = async () => {
      await run('cp', '--sparse=always', this.#image, copy)
      return await run('cmp', this.#image, copy).then(
        () => true,
        () => false,
      )
    }
    await waitFor(isWhole, { what: 'the disk to rest for as long as a copy takes' })
  }
}

async function run(command: string, ...args: readonly string[]): Promise<void> {
  await execute(command, args, { timeout: commandMs })
}
