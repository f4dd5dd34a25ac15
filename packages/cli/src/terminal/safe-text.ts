/**
 * Control characters, and marks that turn the direction of writing: in a terminal they move the cursor, change its title or forge
 * a row. Event data comes from whoever could choose a name.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Most texts. */
const plain = /^[ -~]*$/

/** One line that does nothing to a terminal: an escape shows as `␛`, a line feed as `␊`, others by their number. */
export function safeText(text: string): string {
  return plain.test(text) ? text : text.toWellFormed().replaceAll(unsafe, visible)
}

function visible(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : escaped(character)
}

/** JSON text that says the same and does nothing to a terminal. JSON.stringify escapes only what is below U+0020. */
export function safeJson(json: string): string {
  return plain.test(json) ? json : json.replaceAll(unsafe, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
