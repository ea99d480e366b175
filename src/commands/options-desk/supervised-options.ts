import type { OwnOptions } from '../../homeassistant/supervisor/own-options.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import type { OptionsAsWritten, OptionsProblem } from '../../model/published/options-page.ts'
import { isMapping } from '../../options/edit/plain-values.ts'
import { readOptionsFile } from './options-file.ts'
import type { Edited, OptionsPlace, PlaceRead, Put } from './options-place.ts'
import { replaceFile } from './replace-file.ts'
import { supervisorObjection } from './supervisor-objection.ts'

/**
 * The add-on's options: the Supervisor keeps them, and writes them to a file of ours when the add-on
 * starts. A restart would take the failover away for half a minute, so we write the same into that
 * file ourselves, and the daemon goes on with it in a second. Only where that fails it restarts.
 */
export class SupervisedOptions implements OptionsPlace {
  readonly source = 'supervisor'
  readonly where = "the add-on's configuration in Home Assistant"
  /** The page comes by ingress, so its place is no option, and the Supervisor would drop it. */
  readonly without: readonly string[] = ['web']
  readonly #own: OwnOptions
  readonly #path: string
  readonly #log: Log

  /** @param path of the file that the Supervisor writes at a start */
  constructor(own: OwnOptions, path: string, log: Log) {
    this.#own = own
    this.#path = path
    this.#log = log
  }

  async read(): Promise<PlaceRead> {
    const answer = await this.#own.read()
    if (answer.kind === 'ok') {
      return { kind: 'ok', text: textOf(answer.value), options: answer.value, whyNot: null }
    }
    const file = readOptionsFile(this.#path)
    if (file.kind !== 'ok') return file
    const { options } = file
    return { kind: 'ok', text: textOf(options), options, whyNot: answer.reason }
  }

  edit(_: string, options: OptionsAsWritten): Edited {
    return { kind: 'ok', text: textOf({ ...neverLeftOut, ...options }) }
  }

  async objection(options: OptionsAsWritten): Promise<OptionsProblem | null> {
    const answer = await this.#own.validate({ ...neverLeftOut, ...options })
    // Where it can't be asked, it will be at the write.
    if (answer.kind !== 'ok' || answer.value.kind === 'valid') return null
    return supervisorObjection(answer.value.reason, options)
  }

  async put(text: string): Promise<Put> {
    const options = JSON.parse(text)
    const written = await this.#own.write(options)
    if (written.kind !== 'ok') return { kind: 'failed', reason: written.reason }
    const handed = await this.#own.handedOver()
    try {
      this.#write(handed.kind === 'ok' ? handed.value : options)
      return { kind: 'done' }
    } catch (error) {
      return this.#restart(messageOf(error))
    }
  }

  /** In force before the Supervisor knows: the options may have cut the way to it. */
  async putBack(text: string): Promise<Put> {
    try {
      this.#write(JSON.parse(text))
    } catch (error) {
      this.#log.warn(`${this.#path} can't be written: ${messageOf(error)}`)
    }
    return this.put(text)
  }

  #write(options: OptionsAsWritten): void {
    replaceFile(this.#path, JSON.stringify(options, null, 2))
  }

  async #restart(reason: string): Promise<Put> {
    this.#log.warn(
      `the add-on restarts for its new options: ${this.#path} can't be written: ${reason}`,
    )
    const answer = await this.#own.restart()
    if (answer.kind === 'ok') return { kind: 'done' }
    return { kind: 'failed', reason: `the add-on has to be restarted by hand: ${answer.reason}` }
  }
}

/**
 * The Supervisor refuses to miss these, for they are mappings and lists; a test compares them with
 * config.yaml.
 */
export const neverLeftOut: OptionsAsWritten = {
  wans: [],
  policies: [],
  default_policy: {},
  probe: {},
  failback: {},
  test_failover: {},
  mqtt: {},
}

/** The order of keys says nothing. */
function textOf(options: OptionsAsWritten): string {
  return JSON.stringify(sorted(options))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMapping(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}
