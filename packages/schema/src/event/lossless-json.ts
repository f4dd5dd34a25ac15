import { fromJsonText } from './from-json-text.ts'
import { stringEnd } from './string-end.ts'

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * JSON of any size and depth, with one liberty: a number that a double would give other digits (an integer past 2^53, `1e999`)
 * comes as a string of its own. An audit record must not say another number than Asana did. Throws the SyntaxError of
 * `JSON.parse`.
 */
export function parseLosslessJson(text: string): unknown {
  const value = fromJsonText(text)
  return isExact(value, shallow) ? value : fromJsonText(withChangedQuoted(text))
}

/** Nesting that recursion is safe in; what is deeper is read twice. */
const shallow = 200

/** Whether no number in it can have been changed: a look at what was read costs half of a search in its text. */
function isExact(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string' && !isExact(item, depth - 1)) return false
    return true
  }
  // Without a list of the names: an inherited one does no harm here.
  for (const name in value) {
    const member: unknown = (value as Record<string, unknown>)[name]
    if (typeof member !== 'string' && !isExact(member, depth - 1)) return false
  }
  return true
}

/** Of a text known to be JSON: what is none may not become one by the quotes put in. */
function withChangedQuoted(text: string): string {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at)
    const between = text.slice(at, quote === -1 ? text.length : quote)
    parts.push(between.replaceAll(number, quotedIfChanged))
    if (quote === -1) break
    const end = stringEnd(text, quote + 1) + 1
    parts.push(text.slice(quote, end))
    at = end
  }
  return parts.join('')
}

function quotedIfChanged(token: string): string {
  const value = Number(token)
  const changed = !Number.isFinite(value) || (/^-?\d{16,}$/.test(token) && String(value) !== token)
  return changed ? `"${token}"` : token
}
