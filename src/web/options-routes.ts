/** The options by the page: read, checked, written, confirmed, put back. */
import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import * as v from 'valibot'
import type {
  OptionsAsWritten,
  OptionsCheck,
  OptionsPage,
  OptionsProblem,
  OptionsRefusal,
} from '../model/published/options-page.ts'

/** Whoever knows where the options stand. It never throws: what can't be done has its reason. */
export interface OptionsDesk {
  /** @param language of labels and hints, as `de` */
  read(language: string): Promise<OptionsPage>
  check(options: OptionsAsWritten): Promise<OptionsCheck>
  /** @param version of those that they replace */
  write(options: OptionsAsWritten, version: string): Promise<Written>
  /** Somebody has seen the page since the last change, or that it was put back. */
  confirm(): Promise<Written>
  /** The previous ones again. */
  restore(): Promise<Written>
}

export type Written =
  | { readonly kind: 'written'; readonly confirmUntil: string | null }
  /** Others have changed them meanwhile, or there is nothing to do this with. */
  | { readonly kind: 'conflict'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly problems: readonly OptionsProblem[] }
  /** Nothing has changed, or `reason` says what has. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Bodies there are longer than commands. */
export const optionsPaths = /^\/api\/options(\/check)?$/

export function addOptions(app: Hono<{ readonly Bindings: HttpBindings }>, desk: OptionsDesk) {
  app.get('/api/options', async (context) =>
    context.json(await desk.read(context.req.query('lang') ?? 'en')),
  )
  app.post('/api/options/check', async (context) => {
    const body = await bodyOf(context, v.object({ options: writtenOptions }))
    if (body === null) return notUnderstood(context, '{"options": {"wans": []}}')
    return context.json(await desk.check(body.options))
  })
  app.post('/api/options', async (context) => {
    const body = await bodyOf(context, v.object({ options: writtenOptions, version: v.string() }))
    if (body === null) return notUnderstood(context, '{"options": {"wans": []}, "version": "…"}')
    return said(context, await desk.write(body.options, body.version), 202)
  })
  app.post('/api/options/confirm', async (context) => said(context, await desk.confirm(), 200))
  app.post('/api/options/restore', async (context) => said(context, await desk.restore(), 202))
}

const writtenOptions = v.custom<OptionsAsWritten>(
  (found) => typeof found === 'object' && found !== null && !Array.isArray(found),
)

async function bodyOf<T>(context: Context, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), await context.req.text())
  return parsed.success ? parsed.output : null
}

function said(context: Context, written: Written, done: 200 | 202): Response {
  switch (written.kind) {
    case 'written':
      return context.json({ confirm_until: written.confirmUntil }, done)
    case 'conflict':
      return refused(context, written.reason, 409)
    case 'wrong':
      return refused(context, 'these options are wrong', 422, written.problems)
    case 'failed':
      return refused(context, written.reason, 503)
  }
}

function notUnderstood(context: Context, example: string): Response {
  return refused(context, `the body: expected JSON like ${example}`, 400)
}

function refused(
  context: Context,
  error: string,
  status: 400 | 409 | 422 | 503,
  problems: OptionsRefusal['problems'] = [],
): Response {
  return context.json({ error, problems } satisfies OptionsRefusal, status)
}
