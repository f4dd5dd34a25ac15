/** A part of a rule that a pack for another product does not convert. Its message is the reason, as the end of "It uses". */
export class NotConverted extends Error {}

/** Expressions joined by a word, in brackets if there are several. */
export function joined(parts: readonly string[], word: 'and' | 'or'): string {
  const [only = ''] = parts
  return parts.length === 1 ? only : `(${parts.join(` ${word} `)})`
}
