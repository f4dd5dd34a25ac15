import type { Fields } from './fields.ts'

/**
 * Whether an event fits a search as event types have it: `name="value"` terms, all of which must hold. Throws a
 * SyntaxError for anything else.
 */
export function matchesSearch(search: string, fields: Fields): boolean {
  return searchTerms(search).every(([name, value]) => fields.get(name)?.includes(value) ?? false)
}

export function searchTerms(search: string): [name: string, value: string][] {
  const terms = [...search.matchAll(/(\w+)="([^"]*)"\s*/g)]
  if (terms.length === 0 || terms.map(([term]) => term).join('') !== search)
    throw new SyntaxError(`no plain search: ${search}`)
  return terms.map(([, name, value]) => [name as string, value as string])
}
