/** A fresh configuration folder for a Home Assistant that nobody has used yet. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a user would write in YAML; plain values, for JSON is YAML. */
export type Yaml = Readonly<Record<string, unknown>>

/** The version of `.storage/onboarding` in Home Assistant's `components/onboarding`. */
const onboardingVersion = 4

/**
 * No `default_config`: it brings Bluetooth, USB, cloud and the like, which look for devices. What
 * Home Assistant can't do without it sets up anyway.
 */
const usual: Yaml = {
  homeassistant: {
    name: 'Test home',
    latitude: 51.5,
    longitude: -0.12,
    elevation: 10,
    unit_system: 'metric',
    currency: 'GBP',
    country: 'GB',
    time_zone: 'Europe/London',
  },
  config: {},
  history: {},
  logbook: {},
  recorder: { commit_interval: 1 },
  logger: { default: 'warning' },
}

export class HomeAssistantFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'wan-failover-homeassistant-'))
  readonly logPath = join(this.path, 'test.log')

  /** `more` is merged over the usual configuration, key by key. */
  constructor(more: Yaml = {}) {
    const lines = Object.entries({ ...usual, ...more }).map(
      ([key, value]) => `${key}: ${JSON.stringify(value)}`,
    )
    this.#write(
      'configuration.yaml',
      [...lines, 'automation: !include automations.yaml', ''].join('\n'),
    )
    this.writeAutomations([])
    // What stands beside this file is an integration of the tests'.
    for (const name of Object.keys(more)) {
      const source = fileURLToPath(new URL(name, import.meta.url))
      if (!existsSync(source)) continue
      cpSync(source, join(this.path, 'custom_components', name), { recursive: true })
    }
    // The later steps of the first visit start integrations that need the Internet.
    this.#write(
      '.storage/onboarding',
      JSON.stringify({
        version: onboardingVersion,
        minor_version: 1,
        key: 'onboarding',
        data: { done: ['core_config', 'analytics', 'integration'] },
      }),
    )
  }

  writeAutomations(automations: readonly Yaml[]): void {
    this.#write('automations.yaml', JSON.stringify(automations, null, 2))
  }

  /** `name` as an automation's `use_blueprint` gives it as `path`, e.g. `wan_failover/x.yaml`. */
  addAutomationBlueprint(name: string, source: string | URL): void {
    const to = join(this.path, 'blueprints', 'automation', name)
    mkdirSync(join(to, '..'), { recursive: true })
    cpSync(source, to)
  }

  /** What Home Assistant has logged over all its starts, without the traces below a message. */
  messages(): string[] {
    if (!existsSync(this.logPath)) return []
    const lines = readFileSync(this.logPath, 'utf8').split('\n')
    return lines.filter((line) => /^\d{4}-\d\d-\d\d /.test(line))
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  #write(name: string, text: string): void {
    const path = join(this.path, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
  }
}
