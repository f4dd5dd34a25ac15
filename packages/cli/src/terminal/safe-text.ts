/**
 * Control characters, and marks that change the direction of writing. In a terminal they move the cursor, change the title or forge
 * a row. Event data contains names that anybody may have chosen.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** True for most texts. */
const plain = /^[ -~]*$/

/** One line without effect on a terminal: an escape is shown as `␛`, a line feed as `␊`, other characters by their number. */
export function safeText(text: string): string {
  return plain.test(text) ? text : text.toWellFormed().replaceAll(unsafe, visible)
}

function visible(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : escaped(character)
}

/** JSON text of the same value, without effect on a terminal. JSON.stringify escapes only characters below U+0020. */
export function safeJson(json: string): string {
  return plain.test(json) ? json : json.replaceAll(unsafe, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
