import type { Fields } from './fields.ts'
import { wildcard } from './wildcard.ts'

type Test = (event: Fields) => boolean

/**
 * The condition of a search for events, with Splunk's precedence: NOT, then OR, then what stands side by side. Values may
 * hold `*`, and upper and lower case are one. Throws a SyntaxError for what is not modelled.
 */
export function searchCondition(text: string): Test {
  const tokens: readonly string[] = text.match(/[(),]|"[^"]*"|[\w.]+=|[^\s(),="]+/g) ?? []
  let at = 0

  function all(): Test {
    const needed: Test[] = []
    while (at < tokens.length && tokens[at] !== ')') needed.push(either())
    return (event) => needed.every((test) => test(event))
  }

  function either(): Test {
    const choices = [negated()]
    while (tokens[at] === 'OR') {
      at += 1
      choices.push(negated())
    }
    return (event) => choices.some((test) => test(event))
  }

  function negated(): Test {
    if (tokens[at] !== 'NOT') return term()
    at += 1
    const inner = negated()
    return (event) => !inner(event)
  }

  function term(): Test {
    const token = tokens[at++] ?? ''
    if (token === '(') {
      const inner = all()
      if (tokens[at++] !== ')') throw new SyntaxError(`a bracket is left open: ${text}`)
      return inner
    }
    if (token.endsWith('=')) return oneOf(token.slice(0, -1), [tokens[at++] ?? ''])
    if (tokens[at] !== 'IN' || tokens[at + 1] !== '(')
      throw new SyntaxError(`${token} is not modelled: ${text}`)
    const end = tokens.indexOf(')', at)
    const values = tokens.slice(at + 2, end).filter((value) => value !== ',')
    at = end + 1
    return oneOf(token, values)
  }

  const test = all()
  if (at < tokens.length) throw new SyntaxError(`${tokens[at]} is not expected: ${text}`)
  return test
}

function oneOf(name: string, values: readonly string[]): Test {
  const patterns = values.map((value) => wildcard(value.replaceAll('"', ''), 'i'))
  return (event) => event.get(name)?.some((value) => patterns.some((pattern) => pattern.test(value))) ?? false
}
