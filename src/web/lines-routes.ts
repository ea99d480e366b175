/** What the page asks about the lines behind this host's links: a search takes seconds. */
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { LineSearch } from '../model/published/found-line.ts'

/** Finds lines; it changes nothing on this host. */
export interface LineSearcher {
  /** Begins a search, or joins the one that runs; returns at once. */
  search(): void
  /** As far as it is known now. */
  answer(): LineSearch
}

export function addLines(app: Hono<{ readonly Bindings: HttpBindings }>, lines: LineSearcher) {
  app.get('/api/lines', (context) => context.json(lines.answer()))
  app.post('/api/lines/search', (context) => {
    lines.search()
    return context.json({}, 202)
  })
}
