/** The blueprints as files: what a user imports, and where the documents lead to it. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url)
const folder = 'blueprints/automation/wan_failover'
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

interface Input {
  readonly name: string
  readonly selector?: unknown
  readonly default?: unknown
  readonly collapsed?: boolean
  /** Of a section. */
  readonly input?: Readonly<Record<string, Input>>
}

interface Blueprint {
  readonly domain: string
  readonly source_url: string
  readonly homeassistant: { readonly min_version: string }
  readonly input: Readonly<Record<string, Input>>
}

const { homeassistant, url } = parse(read('config.yaml')) as Record<string, string>

/** `!input name` becomes the name: here it only counts that it is there. */
const inputTag = { tag: '!input', resolve: (name: string) => name }

test('there are blueprints to tell, to test, to restart, to save and to follow', () => {
  assert.deepEqual(readdirSync(new URL(folder, root)).sort(), [
    'dynamic_dns.yaml',
    'monthly_drill.yaml',
    'monthly_report.yaml',
    'nightly_check.yaml',
    'notify_on_change.yaml',
    'restart_modem.yaml',
    'save_volume.yaml',
  ])
})

for (const file of readdirSync(new URL(folder, root))) {
  describe(file, () => {
    const text = read(`${folder}/${file}`)
    const { blueprint }: { blueprint: Blueprint } = parse(text, { customTags: [inputTag] })
    const inputs = inside(blueprint.input)

    test('is an automation for the versions of Home Assistant that the add-on is for', () => {
      assert.equal(blueprint.domain, 'automation')
      assert.equal(blueprint.homeassistant.min_version, homeassistant)
    })

    test('has a selector for each input, and a default for each that is folded away', () => {
      for (const [key, { name, selector }] of inputs) {
        assert.ok(name.length > 1 && selector !== undefined, key)
      }
      for (const { collapsed, input = {} } of Object.values(blueprint.input)) {
        const without = Object.entries(input).filter(([, each]) => each.default === undefined)
        assert.deepEqual(collapsed === true ? without : [], [])
      }
    })

    test('uses all its inputs and no other', () => {
      const used = [...text.matchAll(/!input (\w+)/g)].map(([, name]) => name)
      assert.deepEqual([...new Set(used)].sort(), inputs.map(([key]) => key).sort())
    })

    test('says where it comes from, and is imported from there by a link in the documents', () => {
      const source = `${url}/blob/main/${folder}/${file}`
      assert.equal(blueprint.source_url, source)
      const my = 'https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url='
      for (const path of ['README.md', 'DOCS.md']) {
        assert.ok(read(path).includes(`(${my}${encodeURIComponent(source)})`), path)
      }
    })
  })
}

for (const [file, mayAct] of [
  ['notify_on_change.yaml', "not is_state(serving, 'off')"],
  ['restart_modem.yaml', "is_state(serving, 'on')"],
] as const) {
  test(`${file} asks whether its box serves, and nothing without a pair`, () => {
    const text = read(`${folder}/${file}`)
    const { blueprint }: { blueprint: Blueprint } = parse(text, { customTags: [inputTag] })
    assert.equal(Object.fromEntries(inside(blueprint.input))['serving']?.default, '')
    assert.ok(text.includes('  serving: !input serving\n'), 'its variable')
    assert.ok(text.includes(`value_template: "{{ serving | length == 0 or ${mayAct} }}"`))
  })
}

test('README.md and DOCS.md have the button that adds the repository to the store', () => {
  const my = 'https://my.home-assistant.io/redirect/supervisor_add_addon_repository/'
  for (const path of ['README.md', 'DOCS.md']) {
    assert.ok(read(path).includes(`(${my}?repository_url=${encodeURIComponent(url ?? '')})`), path)
  }
})

function inside(inputs: Blueprint['input']): [string, Input][] {
  return Object.entries(inputs).flatMap(([key, input]): [string, Input][] =>
    input.input === undefined ? [[key, input]] : inside(input.input),
  )
}
