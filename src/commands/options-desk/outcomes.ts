import type { Written } from '../../web/options-routes.ts'

export function written(confirmUntil: string | null): Written {
  return { kind: 'written', confirmUntil }
}

export function conflict(reason: string): Written {
  return { kind: 'conflict', reason }
}

export function failed(reason: string): Written {
  return { kind: 'failed', reason }
}
