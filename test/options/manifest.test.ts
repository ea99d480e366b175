/**
 * The add-on's manifest against the options that the program knows. The Supervisor says nothing of
 * a misspelt key, so the lists of its keys stand here, as its documentation has them
 * (developers.home-assistant.io, "App configuration").
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { parseOptions } from '../../src/options/parse-options.ts'
import { formatPath, type PathKeys, type Problem } from '../../src/options/problem.ts'
import { inWords } from '../../src/options/schema/option.ts'
import { defaultOptions } from '../../src/options/schema/options-schema.ts'

/** With their defaults, null where there is none. A key set to its default is a lint error. */
const manifestKeys: Readonly<Record<string, unknown>> = {
  ...{ name: null, version: null, slug: null, description: null, arch: null, machine: null },
  ...{ url: null, startup: 'application', webui: null, boot: 'auto', ports: null },
  ...{ ports_description: null, host_network: false, host_ipc: false, host_dbus: false },
  ...{ host_pid: false, host_uts: false, devices: null, homeassistant: null },
  ...{ hassio_role: 'default', hassio_api: false, homeassistant_api: false, docker_api: false },
  ...{ privileged: null, full_access: false, apparmor: true, map: null, environment: null },
  ...{ audio: false, video: false, gpio: false, usb: false, uart: false, udev: false },
  ...{ devicetree: false, kernel_modules: false, stdin: false, legacy: false, options: {} },
  ...{ schema: {}, image: null, timeout: 10, tmpfs: false, discovery: null, services: null },
  ...{ auth_api: false, ingress: false, ingress_port: 8099, ingress_entry: '/' },
  ...{ ingress_stream: false, panel_icon: 'mdi:puzzle', panel_title: null, panel_admin: true },
  ...{ backup: 'hot', backup_pre: null, backup_post: null, backup_exclude: null },
  ...{ stage: 'stable', init: true, realtime: false, journald: false, breaking_versions: null },
  ulimits: null,
}

type Schema = { readonly [key: string]: SchemaElement }
type SchemaElement = string | Schema | readonly (string | Schema)[]

interface Translation {
  readonly name?: unknown
  readonly description?: unknown
  readonly fields?: Translations
}
type Translations = Readonly<Record<string, Translation>>

const manifest = readYaml('config.yaml') as {
  readonly [key: string]: unknown
  readonly options: Readonly<Record<string, unknown>>
  readonly schema: Schema
}

/** Sound options with something in each list, to put one wrong or odd value into. */
const sample = {
  wans: [
    { name: 'primary', gateway: '192.168.0.1', gateway6: 'fe80::1', targets: ['1.1.1.1'] },
    { name: 'secondary', gateway: '192.168.0.2' },
  ],
  policies: [{ name: 'a', from: ['all'], to: ['1.1.1.1'], ports: ['80'], use: ['primary'] }],
  default_policy: { use: ['primary'] },
  probe: { targets: ['1.1.1.1'], targets6: ['2606:4700:4700::1111'], methods: ['icmp'] },
  failback: { delay: 0 },
  test_failover: { devices: ['host'] },
  pair: { address: '192.168.0.5/24' },
  tunnels: [
    {
      name: 't',
      endpoint: 'vpn.example.org:51820',
      peer_key: 'zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M=',
      over: ['primary'],
      address: ['203.0.113.80/32'],
    },
  ],
  forwards: [{ tunnel: 't', to: '192.168.0.10' }],
  mqtt: { username: 'user' },
  notify: ['notify.phone'],
}

describe('the manifest', () => {
  test('has no key that the Supervisor does not know, and none set to its default', () => {
    for (const [key, value] of Object.entries(manifest)) {
      assert.ok(Object.hasOwn(manifestKeys, key), `unknown key ${key}`)
      assert.notDeepEqual(value, manifestKeys[key], `${key} is set to its default`)
    }
  })

  test('asks for what the daemon needs, and for no more', () => {
    const { arch, privileged, services, host_network, slug, map } = manifest
    const { homeassistant_api, hassio_api, ingress, ingress_port, startup } = manifest
    assert.deepEqual(
      { arch, privileged, services, host_network, slug, map },
      {
        arch: ['aarch64', 'amd64'],
        privileged: ['NET_ADMIN', 'NET_RAW'],
        services: ['mqtt:want'],
        host_network: true,
        slug: 'wan_failover',
        map: ['ssl'],
      },
    )
    assert.deepEqual(
      { homeassistant_api, hassio_api, ingress, ingress_port, startup },
      {
        homeassistant_api: true,
        hassio_api: true,
        ingress: true,
        ingress_port: 0,
        startup: 'services',
      },
    )
    for (const key of ['full_access', 'docker_api', 'hassio_role', 'watchdog', 'webui']) {
      assert.ok(!(key in manifest), key)
    }
  })

  test('has the version of the package', () => {
    const { version } = JSON.parse(readText('package.json'))
    assert.equal(manifest['version'], version)
  })

  test("freezes no default in a user's own options, and observes only", () => {
    const { wans, policies, tunnels, forwards, ...sections } = manifest.options
    assert.deepEqual([wans, policies, tunnels, forwards], [[], [], [], []])
    for (const [name, section] of Object.entries(sections)) assert.deepEqual(section, {}, name)
    const parsed = parseOptions(JSON.stringify(manifest.options))
    assert.deepEqual(parsed, parseOptions('wans: []'))
    assert.deepEqual(parsed.kind === 'ok' && [parsed.settings.wans, parsed.warnings], [[], []])
  })

  test('may be saved without any field that has a default', () => {
    // The page's place is no field: ingress gives it.
    const written = { ...defaultOptions, web: undefined }
    const byDefault = places(written, []).filter(([, value]) => value !== undefined)
    const fields = new Map(
      leaves(manifest.schema, []).map(([path, type]) => [formatPath(path), type]),
    )
    for (const [path, value] of byDefault) {
      const field =
        fields.get(formatPath(path)) ?? assert.fail(`the form has no ${formatPath(path)}`)
      assert.ok(
        field.endsWith('?'),
        `${formatPath(path)} must be given, though it has ${String(value)}`,
      )
    }
  })

  test("has defaults that survive being merged with a user's own WANs", () => {
    const merged = { ...manifest.options, wans: sample.wans }
    assert.equal(parseOptions(JSON.stringify(merged)).kind, 'ok')
  })

  test('has a default for everything that the Supervisor would miss', () => {
    assert.deepEqual(missing(manifest.schema, manifest.options, []), [])
  })
})

describe('the form', () => {
  for (const [path, keys] of mappings(manifest.schema, [])) {
    test(`has the fields that the program knows: ${formatPath(path)}`, () => {
      const problem = problemAt([...path, 'zzzzzzzzzz'], 1)
      const known = [...Object.keys(keys), ...(path.length === 0 ? ['web'] : [])]
      assert.equal(problem?.expected, `one of ${known.join(', ')}`)
    })
  }

  for (const [path, type] of leaves(manifest.schema, [])) {
    test(`takes what the program takes: ${formatPath(path)}, ${type}`, () => checkLeaf(path, type))
  }

  test('has no pattern: its error would be the pattern, without the name of the field', () => {
    assert.deepEqual(
      leaves(manifest.schema, []).filter(([, type]) => type.startsWith('match(')),
      [],
    )
  })

  test('has no list directly in a list', () => {
    for (const list of lists(manifest.schema)) {
      assert.equal(list.length, 1)
      assert.ok(!Array.isArray(list[0]))
    }
  })
})

for (const language of ['en', 'de', 'es', 'fr']) {
  test(`every field has a name and a description in ${language}, and none is left over`, () => {
    const translations = readYaml(`translations/${language}.yaml`) as {
      readonly configuration: Translations
    }
    assert.deepEqual(Object.keys(translations), ['configuration'])
    checkTranslations(manifest.schema, translations.configuration, [])
  })
}

function checkTranslations(schema: Schema, translations: Translations, path: PathKeys): void {
  assert.deepEqual(Object.keys(translations), Object.keys(schema), formatPath(path))
  for (const [key, element] of Object.entries(schema)) {
    const place = [...path, key]
    const { name, description, fields, ...others } = translations[key] ?? {}
    assert.deepEqual(others, {}, formatPath(place))
    assert.ok(typeof name === 'string' && name.length > 1, formatPath(place))
    assert.ok(typeof description === 'string' && description.length > 20, formatPath(place))
    const inner = Array.isArray(element) ? element[0] : element
    if (typeof inner === 'object') checkTranslations(inner, fields ?? {}, place)
    else assert.equal(fields, undefined, formatPath(place))
  }
}

/** The ends of a range pass and what is beyond is refused; of words, exactly these pass. */
function checkLeaf(path: PathKeys, type: string): void {
  const range = /^(int|float)\((.+),(.+)\)\??$/.exec(type)
  const words = /^list\((.+)\)\??$/.exec(type)?.[1]?.split('|')
  if (range !== null || type.startsWith('port')) {
    const [first, last] = range === null ? [1, 65_535] : [Number(range[2]), Number(range[3])]
    for (const value of [first, last]) {
      assert.equal(problemAt(path, value), undefined, `${value}`)
    }
    for (const value of [first - 0.01, last + 1]) {
      assert.notEqual(problemAt(path, value), undefined, `${value}`)
    }
  } else if (words !== undefined) {
    assert.equal(problemAt(path, 'zzz')?.expected, inWords(words))
  } else if (type.startsWith('bool')) {
    assert.equal(problemAt(path, true), undefined)
    assert.match(problemAt(path, 'zzz')?.expected ?? '', /^true or false/)
  } else {
    assert.match(type, /^(str|password)\??$/)
  }
}

/** What the parser says of `value` at `path` in otherwise sound options. */
function problemAt(path: PathKeys, value: unknown): Problem | undefined {
  const options = structuredClone(sample)
  let parent: object = options
  for (const key of path.slice(0, -1)) {
    parent = Object.getOwnPropertyDescriptor(parent, key)?.value ?? assert.fail(`no ${key}`)
  }
  Reflect.set(parent, path.at(-1) ?? '', value)
  const parsed = parseOptions(JSON.stringify(options))
  if (parsed.kind === 'ok') return undefined
  return parsed.problems.find((problem) => problem.path === formatPath(path))
}

/** Everything that has a default, with its path; an entry of a list has the index 0. */
function places(value: unknown, path: PathKeys): [PathKeys, unknown][] {
  if (Array.isArray(value)) return value.slice(0, 1).map((entry) => [[...path, 0], entry])
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))
}

/** Every mapping in the form with its path, that of a list's entries with the index 0. */
function mappings(schema: Schema, path: PathKeys): [PathKeys, Schema][] {
  const inner = entries(schema, path).flatMap(([place, element]) =>
    typeof element === 'string' ? [] : mappings(element, place),
  )
  return [[path, schema], ...inner]
}

function leaves(schema: Schema, path: PathKeys): [PathKeys, string][] {
  return entries(schema, path).flatMap(([place, element]): [PathKeys, string][] =>
    typeof element === 'string' ? [[place, element]] : leaves(element, place),
  )
}

function entries(schema: Schema, path: PathKeys): [PathKeys, string | Schema][] {
  return Object.entries(schema).map(([key, element]) =>
    isList(element) ? [[...path, key, 0], element[0] ?? ''] : [[...path, key], element],
  )
}

function lists(schema: Schema): (readonly unknown[])[] {
  return Object.values(schema).flatMap((element) => {
    if (typeof element === 'string') return []
    if (!isList(element)) return lists(element)
    const inner = element[0]
    return [element, ...(typeof inner === 'object' ? lists(inner) : [])]
  })
}

/** Paths that the Supervisor would refuse to miss: neither optional nor with a default. */
function missing(schema: Schema, options: object, path: PathKeys): string[] {
  return Object.entries(schema).flatMap(([key, element]) => {
    const value: unknown = Reflect.get(options, key)
    const type = isList(element) ? element[0] : element
    if (value === undefined) {
      return typeof type === 'string' && type.endsWith('?') ? [] : [formatPath([...path, key])]
    }
    if (typeof element === 'string' || isList(element)) return []
    return typeof value === 'object' && value !== null
      ? missing(element, value, [...path, key])
      : []
  })
}

function isList(element: SchemaElement): element is readonly (string | Schema)[] {
  return Array.isArray(element)
}

function readYaml(path: string): unknown {
  // The Supervisor reads YAML 1.1, where `on` and `yes` are no texts.
  return parse(readText(path), { version: '1.1' })
}

function readText(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
