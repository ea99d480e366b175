/** What the form's fields are called, as the add-on's translations have it. */
import * as v from 'valibot'

export interface Label {
  readonly name: string
  readonly description?: string | undefined
  readonly fields?: Labels | undefined
}

export type Labels = { readonly [key: string]: Label }

/** A file of `translations/`. */
export const translationFile: v.GenericSchema<unknown, { readonly configuration: Labels }> =
  v.object({
    configuration: v.record(
      v.string(),
      v.lazy(() => label),
    ),
  })

const label: v.GenericSchema<unknown, Label> = v.object({
  name: v.string(),
  description: v.optional(v.string()),
  fields: v.optional(
    v.record(
      v.string(),
      v.lazy(() => label),
    ),
  ),
})

/** `web` is for machines without a Supervisor, so the add-on's form doesn't have it. */
export function webLabels(language: string): Labels {
  return { web: inLanguages[language] ?? english }
}

const english = webLabel({
  name: 'Web page',
  where: 'Where this page is reached.',
  port: ['Port', 'The port of this page. 0: no page. Example: 8099.'],
  token: [
    'Token',
    'With a token, other machines may open the page; without one, this machine alone. 16 to 256 ' +
      'letters, digits and signs.',
  ],
})

const inLanguages: Readonly<Record<string, Label>> = {
  de: webLabel({
    name: 'Webseite',
    where: 'Wo diese Seite zu erreichen ist.',
    port: ['Port', 'Der Port dieser Seite. 0: keine Seite. Beispiel: 8099.'],
    token: [
      'Token',
      'Mit einem Token dürfen andere Geräte die Seite öffnen, ohne nur dieses. 16 bis 256 ' +
        'Buchstaben, Ziffern und Zeichen.',
    ],
  }),
  es: webLabel({
    name: 'Página web',
    where: 'Dónde se abre esta página.',
    port: ['Puerto', 'El puerto de esta página. 0: sin página. Ejemplo: 8099.'],
    token: [
      'Token',
      'Con un token, otros equipos pueden abrir la página; sin él, solo este. De 16 a 256 ' +
        'letras, cifras y signos.',
    ],
  }),
  fr: webLabel({
    name: 'Page web',
    where: 'Où cette page est accessible.',
    port: ['Port', 'Le port de cette page. 0 : pas de page. Exemple : 8099.'],
    token: [
      'Jeton',
      'Avec un jeton, d’autres appareils peuvent ouvrir la page ; sans jeton, seul celui-ci. 16 à ' +
        '256 lettres, chiffres et signes.',
    ],
  }),
}

interface WebWords {
  readonly name: string
  readonly where: string
  readonly port: readonly [string, string]
  readonly token: readonly [string, string]
}

function webLabel({ name, where, port, token }: WebWords): Label {
  const field = ([fieldName, description]: readonly [string, string]): Label => ({
    name: fieldName,
    description,
  })
  return { name, description: where, fields: { port: field(port), token: field(token) } }
}
