import { inspect } from 'node:util'

/**
 * Everything a log could make of a thrown value, in one text: what `console.error` and `JSON.stringify` print, and every
 * property of it and of what it holds, hidden ones included.
 */
export function revealedBy(thrown: unknown): string {
  const texts = [
    String(thrown),
    JSON.stringify(thrown) ?? '',
    inspect(thrown, { depth: null, showHidden: true, getters: true }),
  ]
  const seen = new Set<unknown>()
  function visit(value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      texts.push(String(value))
      return
    }
    if (seen.has(value)) return
    seen.add(value)
    if (ArrayBuffer.isView(value)) texts.push(Buffer.from(value.buffer).toString('latin1'))
    for (const name of Reflect.ownKeys(value)) {
      texts.push(String(name))
      visit(Reflect.get(value, name))
    }
  }
  visit(thrown)
  return texts.join('\n')
}
