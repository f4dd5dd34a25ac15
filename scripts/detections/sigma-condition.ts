import { joined, NotConverted } from './not-converted.ts'

/**
 * A condition of Sigma with the words `and`, `or` and `not`, in which each search identifier is an expression of the other language.
 * Throws `NotConverted`.
 */
export function sigmaCondition(
  condition: string,
  identifiers: readonly string[],
  expression: (identifier: string) => string,
): string {
  const tokens = condition.match(/[()|]|[^\s()|]+/g) ?? []
  const words: string[] = []
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!
    const word = token.toLowerCase()
    if (tokens[index + 1]?.toLowerCase() === 'of') {
      words.push(several(word, tokens[index + 2] ?? '', identifiers, expression))
      index += 2
    } else if (['and', 'or', 'not', '(', ')'].includes(word)) words.push(word)
    else if (identifiers.includes(token)) words.push(expression(token))
    else throw new NotConverted(`the word ${token} in its condition`)
  }
  return words.reduce((text, word) => (text.endsWith('(') || word === ')' ? text + word : `${text} ${word}`))
}

function several(
  quantity: string,
  pattern: string,
  identifiers: readonly string[],
  expression: (identifier: string) => string,
): string {
  const chosen = identifiers.filter((name) =>
    pattern === 'them' ? !name.startsWith('_') : isLike(name, pattern),
  )
  if (chosen.length === 0 || !['1', 'any', 'all'].includes(quantity)) {
    throw new NotConverted(`"${quantity} of ${pattern}" in its condition`)
  }
  return joined(chosen.map(expression), quantity === 'all' ? 'and' : 'or')
}

function isLike(name: string, pattern: string): boolean {
  const [start = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return name === pattern
  if (rest.length > 1 || rest[0] !== '') throw new NotConverted(`the pattern ${pattern} in its condition`)
  return name.startsWith(start)
}
