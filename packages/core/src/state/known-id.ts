import { createHash } from 'node:crypto'

/**
 * How a state remembers an id. Asana's ids have 16 digits and take 8 bytes as an integer; a long one of another form is stored as a
 * digest: with its time an id never costs over 32 bytes.
 */
export function knownIdKey(id: string): number | string {
  const number = wholeNumber(id)
  if (number !== undefined) return number
  return id.length <= 12 ? id : createHash('sha256').update(id).digest('base64url').slice(0, 16)
}

/** The number in a text. Undefined unless `String` makes the same text from that number. */
export function wholeNumber(text: string): number | undefined {
  const { length } = text
  if (length === 0 || length > 16 || (text[0] === '0' && length > 1)) return undefined
  let number = 0
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) ^ 0x30
    if (digit > 9) return undefined
    number = 10 * number + digit
  }
  return Number.isSafeInteger(number) ? number : undefined
}
