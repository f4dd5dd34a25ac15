/**
 * Where the string of a JSON text ends that `from` lies in: the index of its closing quote. `from` is not in the middle of
 * an escape. By search and not by a regular expression, which would need one backtrack an escape and run out of stack on
 * a few million of them.
 */
export function stringEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = at
    while (escapes > from && text[escapes - 1] === '\\') escapes -= 1
    if ((at - escapes) % 2 === 0) return at
  }
  return text.length
}
