import { fromJsonText } from '@asana-audit/schema'

/** A number token that may be more than a double can hold: sixteen digits or a three-digit exponent, outside a string. */
const suspicious = /[[:,]\s*-?\d{16,}|\d[eE]\+?\d{3}/

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

/**
 * JSON of any size and depth, with one liberty: a number that a double would give other digits (an integer past 2^53, `1e999`)
 * comes as a string of its own. An audit record must not say another number than Asana did. Throws the SyntaxError of `JSON.parse`.
 */
export function parseLosslessJson(text: string): unknown {
  return fromJsonText(suspicious.test(text) ? text.replaceAll(stringOrNumber, quotedIfChanged) : text)
}

function quotedIfChanged(token: string): string {
  if (token.startsWith('"')) return token
  const value = Number(token)
  const changed = !Number.isFinite(value) || (/^-?\d{16,}$/.test(token) && String(value) !== token)
  return changed ? `"${token}"` : token
}
