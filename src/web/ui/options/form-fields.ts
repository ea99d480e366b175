/** Mappings and lists of options: drawn by their fields, down to single inputs. */
import { html, nothing, type TemplateResult } from 'lit'
import type { FormField } from '../../../model/published/options-page.ts'
import { blankEntry, isMapping, listAt, type Path, pathText, valueAt } from './edited-options.ts'
import { bareInput, problemAt, singleField } from './field-inputs.ts'
import { type FormContext, problemsIn } from './form-context.ts'

type ListField = FormField & { readonly kind: 'list' }

/** Lists of mappings first, for they are what most users change, then sections, then all else. */
export function wholeForm(fields: readonly FormField[], context: FormContext): TemplateResult {
  const draw = (some: readonly FormField[]) => some.map((one) => anyField(one, [one.key], context))
  const lists = fields.filter((one) => one.kind === 'list' && one.entry.kind === 'mapping')
  const sections = fields.filter(({ kind }) => kind === 'mapping')
  const others = fields.filter((one) => !lists.includes(one) && !sections.includes(one))
  return html`${draw(lists)}
    <div class="sections">${draw(sections)}</div>
    <div class="fields singles">${draw(others)}</div>`
}

function anyField(field: FormField, path: Path, context: FormContext): TemplateResult {
  switch (field.kind) {
    case 'list':
      return listField(field, path, context)
    case 'mapping':
      return section(field, path, context)
    default:
      return singleField(field, path, context)
  }
}

/** A section of the form, folded: its heading says whether there is something in it. */
function section(
  field: FormField & { readonly kind: 'mapping' },
  path: Path,
  context: FormContext,
): TemplateResult {
  const at = pathText(path)
  const value = valueAt(context.edited, path)
  const isSet = isMapping(value) && Object.keys(value).length > 0
  return html`<details class="section" data-path=${at} ?open=${problemsIn(at, context).length > 0}>
    <summary>
      ${field.label}
      ${isSet ? html`<span class="quiet small">– ${context.texts.set}</span>` : nothing}
    </summary>
    <p class="quiet hint">${field.hint}</p>
    ${problemAt(at, context)}
    <div class="fields">${field.fields.map((one) => anyField(one, [...path, one.key], context))}</div>
  </details>`
}

function listField(field: ListField, path: Path, context: FormContext): TemplateResult {
  const { texts, edited } = context
  const at = pathText(path)
  const list = listAt(edited, path)
  const isFull = list.length >= field.limit
  const defaults = field.default.map(String).join(', ')
  const emptiness =
    defaults !== '' && valueAt(edited, path) === undefined ? texts.byDefault(defaults) : texts.empty
  return html`<fieldset class=${path.length === 1 && field.entry.kind === 'mapping' ? 'list top' : 'list'}>
    <legend>${field.label}</legend>
    <p class="quiet hint" id=${`hint ${at}`}>${field.hint}</p>
    ${problemAt(at, context)}
    ${
      list.length === 0
        ? html`<p class="quiet small">${emptiness}</p>`
        : html`<ol>
            ${list.map((_, index) => entry(field, { path, index, count: list.length }, context))}
          </ol>`
    }
    <button
      type="button"
      class="plain"
      id=${`add ${at}`}
      ?disabled=${isFull}
      aria-label=${texts.addTo(field.label)}
      @click=${() => context.change(path, [...list, blankEntry(field.entry)])}
    >
      ${texts.add}
    </button>
  </fieldset>`
}

interface Entry {
  readonly path: Path
  readonly index: number
  readonly count: number
}

function entry(field: ListField, { path, index, count }: Entry, context: FormContext) {
  const here = [...path, index]
  const name = nameOf(valueAt(context.edited, here)) ?? context.texts.entry(index + 1)
  const buttons = entryButtons({ path, index, count }, name, context)
  if (field.entry.kind === 'mapping') {
    return html`<li class="box">
      <div class="entry-head"><h4>${name}</h4>${buttons}</div>
      ${problemAt(pathText(here), context)} ${entryFields(field.entry.fields, here, context)}
    </li>`
  }
  return html`<li class="row">
    ${bareInput(field.entry, here, { context, name: `${field.label}, ${name}` })} ${buttons}
  </li>`
}

/** What must be given, and all else folded below it. */
function entryFields(fields: readonly FormField[], path: Path, context: FormContext) {
  const value = valueAt(context.edited, path)
  const given = new Set(isMapping(value) ? Object.keys(value) : [])
  const needed = fields.filter(({ required }) => required)
  const others = fields.filter((field) => !needed.includes(field))
  const isOpen = others.some(({ key }) => problemsIn(pathText([...path, key]), context).length > 0)
  const isSet = others.some(({ key }) => given.has(key))
  return html`<div class="fields">
      ${needed.map((one) => anyField(one, [...path, one.key], context))}
    </div>
    <details ?open=${isOpen}>
      <summary>
        ${context.texts.more}
        ${isSet ? html`<span class="quiet small">– ${context.texts.set}</span>` : nothing}
      </summary>
      <div class="fields">${others.map((one) => anyField(one, [...path, one.key], context))}</div>
    </details>`
}

function entryButtons({ path, index, count }: Entry, name: string, context: FormContext) {
  const { texts } = context
  const at = pathText([...path, index])
  const list = listAt(context.edited, path)
  const move = (by: -1 | 1) => () => context.move(path, { from: index, by, name })
  const remove = () =>
    context.change(
      path,
      list.filter((_, place) => place !== index),
    )
  const removal = html`<button
    type="button"
    class="plain arrow"
    aria-label=${texts.remove(name)}
    @click=${remove}
  >
    ✕
  </button>`
  if (count === 1) return html`<span class="arrows">${removal}</span>`
  return html`<span class="arrows">
    <button
      type="button"
      class="plain arrow"
      id=${`up ${at}`}
      aria-label=${texts.up(name)}
      ?disabled=${index === 0}
      @click=${move(-1)}
    >
      ↑
    </button>
    <button
      type="button"
      class="plain arrow"
      id=${`down ${at}`}
      aria-label=${texts.down(name)}
      ?disabled=${index === count - 1}
      @click=${move(1)}
    >
      ↓
    </button>
    ${removal}
  </span>`
}

/** As its user calls it; null: it has no name, or none yet. */
function nameOf(value: unknown): string | null {
  const name = isMapping(value) ? value['name'] : value
  const text = typeof name === 'string' || typeof name === 'number' ? String(name).trim() : ''
  return text === '' ? null : text
}
