import { fromJsonText } from './from-json-text.ts'
import { stringEnd } from './string-end.ts'

/**
 * Where a value begins, a number that may be more than a double can hold: over 16 digits, 16 from 9 on, or a three-digit exponent. Only
 * there, as it would else find `Mobile/15E148` in every other page, and 16 digits below 9 are the usual id.
 */
const suspicious = /[[:,]\s*-?(?:9\d{15}|\d{17}|\d+(?:\.\d+)?[eE]\+?\d{3})/

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * JSON of any size and depth, with one liberty: a number that a double would give other digits (an integer past 2^53, `1e999`)
 * comes as a string of its own. An audit record must not say another number than Asana did. Throws the SyntaxError of
 * `JSON.parse`.
 */
export function parseLosslessJson(text: string): unknown {
  if (!suspicious.test(text)) return fromJsonText(text)
  // The text as it is must be JSON: what is no JSON may not become one by the quotes put in.
  JSON.parse(text)
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
  return fromJsonText(parts.join(''))
}

function quotedIfChanged(token: string): string {
  const value = Number(token)
  const changed = !Number.isFinite(value) || (/^-?\d{16,}$/.test(token) && String(value) !== token)
  return changed ? `"${token}"` : token
}
