import stringWidth from 'string-width'

export const plain: RegExp = /^[ -~]*$/

/** Columns of a terminal: ideographs and emoji take two, combining marks none. */
export function columnsOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text)
}
