/**
 * The index of the closing quote of the JSON string that holds index `from`, which must not be in the middle of an
 * escape. A search instead of a regular expression, which needs one backtrack per escape and would run out of stack
 * on a few million.
 */
export function stringEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = at
    while (escapes > from && text[escapes - 1] === '\\') escapes -= 1
    if ((at - escapes) % 2 === 0) return at
  }
  return text.length
}
