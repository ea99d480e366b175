/**
 * Other options in a file that somebody has written: comments, order and spelling of all that stays
 * stay too. What comes out is read again and must say what was wanted, or the text is refused.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { OptionsAsWritten } from '../../model/published/options-page.ts'
import { readYaml } from '../read-yaml.ts'
import { isMapping, isSame, type Mapping, namesOf } from './plain-values.ts'

export type EditedYaml =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** @param text sound YAML; its options are a mapping, or there are none */
export function editYaml(text: string, after: OptionsAsWritten): EditedYaml {
  if (isJson(text)) return { kind: 'ok', text: `${JSON.stringify(after, null, 2)}\n` }
  const document: Document = parseDocument(text, {
    version: '1.2',
    stringKeys: true,
    logLevel: 'error',
  })
  if (document.errors.length > 0) return { kind: 'refused', reason: 'it is no valid YAML' }
  document.contents = merged(document, document.contents, after)
  const edited = document.toString({
    lineWidth: 0,
    flowCollectionPadding: /[[{] /.test(text),
    indentSeq: !/^\w+:[^\n]*\n- /m.test(text),
  })
  const read = readYaml(edited)
  if (read.kind === 'ok' && isSame(read.value ?? {}, { ...after })) {
    return { kind: 'ok', text: edited }
  }
  return { kind: 'refused', reason: 'it is written so that only you can change it (aliases, tags)' }
}

/** YAML has all of JSON, but who writes JSON may read it by something else too. */
function isJson(text: string): boolean {
  try {
    return isMapping(JSON.parse(text))
  } catch {
    return false
  }
}

/** `node` where it says so already, changed in place where it can be, else a new one. */
function merged(document: Document, node: Node | null, wanted: unknown): Node {
  if (node !== null && isSame(node.toJS(document), wanted)) return node
  if (isMap(node) && isMapping(wanted)) return mergedMap(document, node, wanted)
  if (isSeq(node) && Array.isArray(wanted)) return mergedList(document, node, wanted)
  if (isScalar(node) && !Array.isArray(wanted) && !isMapping(wanted)) {
    node.value = wanted
    // The old spelling, as of a number.
    delete node.source
    delete node.format
    return node
  }
  return created(document, node, wanted)
}

function mergedMap(document: Document, map: YAMLMap, wanted: Mapping): YAMLMap {
  const isEmpty = map.items.length === 0
  for (const key of Object.keys(map.toJS(document))) if (!(key in wanted)) map.delete(key)
  for (const [key, value] of Object.entries(wanted)) {
    const old = map.get(key, true)
    const node = merged(document, isNode(old) && !isAlias(old) ? old : null, value)
    if (old !== node) map.set(key, node)
  }
  // `{}` stands for nothing; what comes into it is written as all else.
  if (isEmpty) map.flow = false
  return map
}

function mergedList(document: Document, list: YAMLSeq, wanted: readonly unknown[]): YAMLSeq {
  const old = list.items.filter(isNode)
  const values: readonly unknown[] = old.map((item) => item.toJS(document))
  const sources = sourcesOf(values, wanted)
  const isEmpty = list.items.length === 0
  const first = old[0]
  if (first !== undefined && sources[0] !== 0 && sources.includes(0)) {
    // The parser takes a comment before the first entry for one of the list.
    first.commentBefore ??= list.commentBefore ?? null
    list.commentBefore = null
  }
  list.items = wanted.map((value, i) => {
    const source = old[sources[i] ?? -1] ?? null
    return merged(document, source !== null && isAlias(source) ? null : source, value)
  })
  if (isEmpty && wanted.some((value) => typeof value === 'object')) list.flow = false
  return list
}

/** For each wanted entry the place of the one that it was; -1 if it is new. Each is used once. */
function sourcesOf(old: readonly unknown[], wanted: readonly unknown[]): readonly number[] {
  const [oldNames, names] = [namesOf(old), namesOf(wanted)]
  const taken = new Set<number>()
  const take = (isIt: (value: unknown, place: number) => boolean): number => {
    const place = old.findIndex((value, i) => !taken.has(i) && isIt(value, i))
    if (place >= 0) taken.add(place)
    return place
  }
  const byName = wanted.map((value, i) =>
    take((one, place) =>
      oldNames === null || names === null ? isSame(one, value) : oldNames[place] === names[i],
    ),
  )
  // What has another name now is most likely the one that stands in its place.
  return byName.map((place, i) => (place >= 0 ? place : take((_, at) => at === i)))
}

function created(document: Document, old: Node | null, wanted: unknown): Node {
  const node = document.createNode(wanted) as Node
  if (old !== null) {
    node.commentBefore = old.commentBefore ?? null
    node.comment = isScalar(old) ? (old.comment ?? null) : null
  }
  return node
}
