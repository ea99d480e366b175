/** A single option: its label, its input, its hint, and what is wrong with it. */
import { html, nothing, type TemplateResult } from 'lit'
import { type FormField, hiddenSecret } from '../../../model/published/options-page.ts'
import { numberOrText, type Path, pathText, textOf, valueAt } from './edited-options.ts'
import type { FormContext } from './form-context.ts'

/** Ids and what an input needs to say where it stands. */
interface Place {
  readonly id: string
  readonly described: string
  readonly isWrong: boolean
  readonly value: unknown
  readonly set: (value: unknown) => void
}

/** A field of a mapping. */
export function singleField(field: FormField, path: Path, context: FormContext): TemplateResult {
  const at = pathText(path)
  return html`<div class="field">
    <label for=${`field ${at}`}>
      ${field.label}
      ${field.required ? html`<span class="quiet small">(${context.texts.required})</span>` : nothing}
    </label>
    ${inputOf(field, path, context)} ${problemAt(at, context)}
    <p class="quiet hint" id=${`hint ${at}`}>${field.hint}</p>
  </div>`
}

/** Without a label: the list that it stands in names it. */
export function bareInput(
  field: FormField,
  path: Path,
  { context, name }: { readonly context: FormContext; readonly name: string },
): TemplateResult {
  return html`<div class="bare">
    ${inputOf(field, path, context, name)} ${problemAt(pathText(path), context)}
  </div>`
}

/** In the words of the daemon, translated where they are known. */
export function problemAt(at: string, { problems, texts, inOwnWords }: FormContext) {
  const problem = problems.find(({ path }) => path === at)
  if (problem === undefined) return nothing
  const [found, right] = [problem.found, problem.right].map((said) => inOwnWords(said) ?? said)
  const words = texts.problem(found ?? '', right ?? '')
  return html`<p class="wrong" id=${`wrong ${at}`}>${words}</p>`
}

function inputOf(field: FormField, path: Path, context: FormContext, name?: string) {
  const at = pathText(path)
  const isWrong = context.problems.some((problem) => problem.path === at)
  const place: Place = {
    id: `field ${at}`,
    described: isWrong ? `wrong ${at}` : `hint ${at}`,
    isWrong,
    value: valueAt(context.edited, path),
    set: (value) => context.change(path, value),
  }
  switch (field.kind) {
    case 'flag':
      return flagInput(field, place, context)
    case 'choice':
      return choiceInput(field, place, { context, name })
    case 'secret':
      return secretInput(place, context)
    case 'number':
      return textInput(place, {
        name,
        mode: 'decimal',
        byDefault: textOf(field.default),
        read: numberOrText,
      })
    case 'text':
      return field.names === 'wans'
        ? wanInput(place, { context, name })
        : textInput(place, { name, mode: 'text', byDefault: field.default ?? '', read: asText })
    default:
      // A list in a list, or a mapping without fields of its own: no option is one.
      return nothing
  }
}

interface TextInput {
  readonly name: string | undefined
  readonly mode: 'text' | 'decimal'
  readonly byDefault: string
  readonly read: (text: string) => unknown
}

function textInput(place: Place, { name, mode, byDefault, read }: TextInput) {
  return html`<input
    type="text"
    id=${place.id}
    inputmode=${mode}
    autocomplete="off"
    autocapitalize="off"
    spellcheck="false"
    aria-label=${name ?? nothing}
    aria-describedby=${place.described}
    aria-invalid=${place.isWrong ? 'true' : 'false'}
    placeholder=${byDefault}
    .value=${textOf(place.value)}
    @change=${({ currentTarget }: Event) => place.set(read((currentTarget as HTMLInputElement).value))}
  />`
}

/** Never shown: what is typed replaces it, and what is left empty stays as it is. */
function secretInput(place: Place, { texts }: FormContext) {
  const isKept = place.value === hiddenSecret
  return html`<div class="secret">
    <input
      type="password"
      id=${place.id}
      autocomplete="new-password"
      aria-describedby=${place.described}
      aria-invalid=${place.isWrong ? 'true' : 'false'}
      placeholder=${isKept ? texts.secretKept : texts.secretNone}
      .value=${isKept ? '' : textOf(place.value)}
      @change=${({ currentTarget }: Event) => {
        const { value } = currentTarget as HTMLInputElement
        place.set(value === '' ? (isKept ? hiddenSecret : undefined) : value)
      }}
    />
    ${
      isKept
        ? html`<button type="button" class="plain" @click=${() => place.set(undefined)}>
            ${texts.forget}
          </button>`
        : nothing
    }
  </div>`
}

function flagInput(
  field: FormField & { readonly kind: 'flag' },
  place: Place,
  { texts }: FormContext,
) {
  const words = { true: texts.on, false: texts.off }
  return select(place, {
    name: undefined,
    options: [
      ['', texts.byDefault(field.default ? texts.on : texts.off)],
      ['true', words.true],
      ['false', words.false],
    ],
    read: (text) => (text === '' ? undefined : text === 'true'),
  })
}

interface Named {
  readonly context: FormContext
  readonly name: string | undefined
}

function choiceInput(
  field: FormField & { readonly kind: 'choice' },
  place: Place,
  { context: { texts }, name }: Named,
) {
  const unset = field.default === null ? texts.noDefault : texts.byDefault(field.default)
  return select(place, {
    name,
    options: [
      // An entry of a list has no default; it is there or it isn't.
      ...(name === undefined ? [['', unset] as const] : []),
      ...field.choices.map((choice) => [choice, choice] as const),
    ],
    read: (text) => (text === '' ? undefined : text),
  })
}

/** Names that are no line's any more stay to be seen, and to be mended. */
function wanInput(place: Place, { context: { wans, texts }, name }: Named) {
  return select(place, {
    name,
    options: [...wans.map((wan) => [wan, wan] as const), ['none', texts.noLine]],
    read: asText,
  })
}

interface Select {
  readonly name: string | undefined
  readonly options: readonly (readonly [string, string])[]
  readonly read: (text: string) => unknown
}

function select(place: Place, { name, options, read }: Select) {
  const value = textOf(place.value)
  const shown = options.some(([word]) => word === value) ? options : [[value, value], ...options]
  return html`<select
    id=${place.id}
    aria-label=${name ?? nothing}
    aria-describedby=${place.described}
    aria-invalid=${place.isWrong ? 'true' : 'false'}
    @change=${({ currentTarget }: Event) => place.set(read((currentTarget as HTMLSelectElement).value))}
  >
    ${shown.map(
      ([word, text]) =>
        html`<option value=${word ?? ''} ?selected=${word === value}>${text}</option>`,
    )}
  </select>`
}

function asText(text: string): string | undefined {
  return text === '' ? undefined : text
}
