import { textPattern } from './text-pattern.ts'

/** A condition. `holds` says for each search identifier whether it holds. */
export type Condition = (holds: (identifier: string) => boolean) => boolean

/**
 * Sigma's condition: identifiers, `and`, `or`, `not`, parentheses, `1 of` and `all of` with `them` or a pattern.
 * Throws a SyntaxError that names the problem, also for syntax that Sigma has removed (`| count() > 5`, `near`).
 */
export function parseCondition(text: string, identifiers: readonly string[]): Condition {
  const tokens = text.match(/[()|]|[^\s()|]+/g) ?? []
  let index = 0

  const word = () => tokens[index]?.toLowerCase()
  function take(): string {
    const token = tokens[index]
    if (token === undefined) throw new SyntaxError('it ends too early')
    index += 1
    return token
  }

  function either(): Condition {
    const choices = [both()]
    while (word() === 'or') {
      index += 1
      choices.push(both())
    }
    return (holds) => choices.some((choice) => choice(holds))
  }

  function both(): Condition {
    const needed = [opposite()]
    while (word() === 'and') {
      index += 1
      needed.push(opposite())
    }
    return (holds) => needed.every((one) => one(holds))
  }

  function opposite(): Condition {
    if (word() !== 'not') return single()
    index += 1
    const inner = opposite()
    return (holds) => !inner(holds)
  }

  function single(): Condition {
    const token = take()
    if (token === '(') {
      const inner = either()
      if (take() !== ')') throw new SyntaxError('a parenthesis is not closed')
      return inner
    }
    if (word() === 'of') {
      index += 1
      return several(token.toLowerCase(), take())
    }
    if (!identifiers.includes(token)) throw new SyntaxError(`there is no search identifier ${token}`)
    return (holds) => holds(token)
  }

  function several(quantity: string, pattern: string): Condition {
    const chosen = matching(pattern, identifiers)
    if (chosen.length === 0) throw new SyntaxError(`no search identifier matches ${pattern}`)
    if (quantity === 'all') return (holds) => chosen.every(holds)
    if (quantity === '1' || quantity === 'any') return (holds) => chosen.some(holds)
    throw new SyntaxError(`"${quantity} of" is not supported; write 1 of or all of`)
  }

  const condition = either()
  const rest = tokens[index]
  if (rest === '|') throw new SyntaxError('aggregations after | are not supported; write a correlation rule')
  if (rest !== undefined) throw new SyntaxError(`${rest} is not expected there`)
  return condition
}

/** `them` leaves out identifiers that begin with an underscore, as Sigma specifies. */
function matching(pattern: string, identifiers: readonly string[]): readonly string[] {
  if (pattern.toLowerCase() === 'them') return identifiers.filter((name) => !name.startsWith('_'))
  return identifiers.filter(textPattern(pattern, 'whole', true))
}
