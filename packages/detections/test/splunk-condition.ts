import { textPattern } from '../src/text-pattern.ts'

type Test = (row: ReadonlyMap<string, readonly string[]>) => boolean

/** A search's condition, with Splunk's precedence: NOT, then OR, then what stands side by side. Throws a SyntaxError. */
export function splunkCondition(text: string): Test {
  const tokens: string[] = text.match(/\(|\)|,|"[^"]*"|[\w.]+=|\*|\w[\w.]*/g) ?? []
  let at = 0

  function all(): Test {
    const needed = [either()]
    while (tokens[at] !== undefined && tokens[at] !== ')') needed.push(either())
    return (row) => needed.every((test) => test(row))
  }

  function either(): Test {
    const choices = [negated()]
    while (tokens[at] === 'OR') {
      at += 1
      choices.push(negated())
    }
    return (row) => choices.some((test) => test(row))
  }

  function negated(): Test {
    if (tokens[at] !== 'NOT') return term()
    at += 1
    const inner = negated()
    return (row) => !inner(row)
  }

  function term(): Test {
    const token = tokens[at++] ?? ''
    if (token === '(') {
      const inner = all()
      if (tokens[at++] !== ')') throw new SyntaxError(`a parenthesis is open: ${text}`)
      return inner
    }
    if (token.endsWith('=')) return valueTest(token.slice(0, -1), [tokens[at++] ?? ''])
    if (tokens[at] !== 'IN') throw new SyntaxError(`${token} is not expected: ${text}`)
    const end = tokens.indexOf(')', at)
    const values = tokens.slice(at + 2, end).filter((value) => value !== ',')
    at = end + 1
    return valueTest(token, values)
  }

  const test = all()
  if (at < tokens.length) throw new SyntaxError(`${tokens[at]} is not expected: ${text}`)
  return test
}

function valueTest(name: string, values: readonly string[]): Test {
  const tests = values.map((value) => {
    if (!/^("[^"]*"|\*)$/.test(value)) throw new SyntaxError(`no value: ${value}`)
    return textPattern(value.replaceAll('"', ''), 'whole', false)
  })
  return (row) => row.get(name)?.some((value) => tests.some((test) => test(value))) ?? false
}
