import { fromJsonText } from './from-json-text.ts'
import { stringEnd } from './string-end.ts'

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Parses JSON of any size and depth, with one difference: a number that a double cannot hold exactly (an integer past
 * 2^53, `1e999`) becomes a string of its digits. An audit record must not show another number than Asana sent. Throws
 * the SyntaxError of `JSON.parse`.
 */
export function parseLosslessJson(text: string): unknown {
  const value = fromJsonText(text)
  return isExact(value, shallow) ? value : fromJsonText(withChangedQuoted(text))
}

/** Nesting up to which recursion is safe; deeper values are parsed twice. */
const shallow = 200

/**
 * Whether no number in the value can have been changed. Checking the value takes half the time of searching its text.
 */
function isExact(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string' && !isExact(item, depth - 1)) return false
    return true
  }
  // `for in` makes no list of names; an inherited name does no harm here.
  for (const name in value) {
    const member: unknown = (value as Record<string, unknown>)[name]
    if (typeof member !== 'string' && !isExact(member, depth - 1)) return false
  }
  return true
}

/** Call it only with valid JSON: the added quotes could make an invalid text valid. */
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
