/** Home Assistant Core as a child of this process, from where `install` has put it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { HomeAssistantFolder } from './home-assistant-folder.ts'

const stopMs = 30_000

function program(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(cache, 'wan-failover/homeassistant/environment/bin/hass')
}

/** For a test's `skip`: the reason on a laptop; in CI nothing is skipped, it fails here. */
export function homeAssistantSkip(): string | false {
  if (existsSync(program())) return false
  const reason = "Home Assistant isn't installed: script/test-homeassistant does it"
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}

export class HomeAssistantProcess {
  readonly #child: ChildProcess

  constructor(folder: HomeAssistantFolder) {
    const log = openSync(folder.logPath, 'a')
    this.#child = spawn(program(), ['--config', folder.path, '--skip-pip'], {
      stdio: ['ignore', log, log],
      env: environment(),
    })
    closeSync(log)
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** As a user's restart does; kills what doesn't end, and that throws. */
  async stop(): Promise<void> {
    if (!this.running) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs)
    await ended
    clearTimeout(killer)
    if (this.#child.signalCode === 'SIGKILL') {
      throw new Error(`Home Assistant did not end within ${stopMs} ms of TERM`)
    }
  }
}

/** It must not take itself for one under a Supervisor; and Python may keep what it has compiled. */
function environment(): NodeJS.ProcessEnv {
  const hidden = ['SUPERVISOR', 'SUPERVISOR_TOKEN', 'HASSIO_TOKEN', 'PYTHONDONTWRITEBYTECODE']
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.includes(name)))
}
