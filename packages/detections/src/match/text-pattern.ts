/** Matches any text, or any one character. Everything else matches itself. */
const anyText = Symbol('*')
const anyCharacter = Symbol('?')
type Part = string | typeof anyText | typeof anyCharacter

export type Placement = 'whole' | 'contains' | 'startswith' | 'endswith'

/**
 * A test for text as Sigma writes it: `*` is any text, `?` one character; a backslash before one of them, or before a
 * backslash, makes it an ordinary character. Without `cased`, upper and lower case are equal.
 */
export function textPattern(
  pattern: string,
  placement: Placement,
  cased: boolean,
): (text: string) => boolean {
  const fold = cased ? (text: string) => text : (text: string) => text.toLowerCase()
  const parts = partsOf(fold(pattern))
  if (parts.every((part) => typeof part === 'string')) {
    const has = plainTest[placement]
    const plain = parts.join('')
    return (text) => has(fold(text), plain)
  }
  if (placement === 'contains' || placement === 'endswith') parts.unshift(anyText)
  if (placement === 'contains' || placement === 'startswith') parts.push(anyText)
  return (text) => fits([...fold(text)], parts)
}

const plainTest: Readonly<Record<Placement, (text: string, plain: string) => boolean>> = {
  whole: (text, plain) => text === plain,
  contains: (text, plain) => text.includes(plain),
  startswith: (text, plain) => text.startsWith(plain),
  endswith: (text, plain) => text.endsWith(plain),
}

function partsOf(pattern: string): Part[] {
  const characters = [...pattern]
  const parts: Part[] = []
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] as string
    const next = characters[index + 1]
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      parts.push(next)
      index += 1
    } else if (character === '*') parts.push(anyText)
    else if (character === '?') parts.push(anyCharacter)
    else parts.push(character)
  }
  return parts
}

/** Backtracks only to the last `*`, so that the time is at most the product of both lengths. */
function fits(text: readonly string[], parts: readonly Part[]): boolean {
  let [at, part] = [0, 0]
  let [starAt, starPart] = [0, -1]
  while (at < text.length) {
    const wanted = parts[part]
    if (wanted === anyText) {
      starPart = part
      starAt = at
      part += 1
    } else if (wanted === anyCharacter || (wanted !== undefined && wanted === text[at])) {
      at += 1
      part += 1
    } else if (starPart >= 0) {
      starAt += 1
      at = starAt
      part = starPart + 1
    } else return false
  }
  while (parts[part] === anyText) part += 1
  return part === parts.length
}
