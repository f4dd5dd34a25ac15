import type { AuditLogEvent } from '@asana-audit/schema'

type Value = string | readonly string[]

/**
 * Whether a condition of our queries holds for an event, by what Microsoft's documentation says of these operators: `=~`, `in~`,
 * `contains`, `startswith` and `endswith` do not look at case. Throws for anything that our queries do not use.
 */
export function kqlHolds(condition: string, event: AuditLogEvent): boolean {
  const tokens = condition.match(/@"[^"]*"|"(?:[^"\\]|\\.)*"|=~|in~|[(),]|[\w.]+/g) ?? []
  let at = 0
  const take = (wanted?: string): string => {
    const token = tokens[at++]
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`${wanted ?? 'A word'} is missing before ${tokens.slice(at).join(' ')}.`)
    }
    return token
  }

  const either = (): boolean => {
    let holds = both()
    while (tokens[at] === 'or') {
      take()
      const next = both()
      holds ||= next
    }
    return holds
  }
  const both = (): boolean => {
    let holds = one()
    while (tokens[at] === 'and') {
      take()
      const next = one()
      holds &&= next
    }
    return holds
  }
  const one = (): boolean => {
    if (tokens[at] === '(' || tokens[at] === 'not') {
      const isNot = tokens[at] === 'not'
      if (isNot) take()
      take('(')
      const holds = either()
      take(')')
      return isNot ? !holds : holds
    }
    if (tokens[at] === 'isnotempty') {
      take()
      take('(')
      const value = term()
      take(')')
      return value !== ''
    }
    const left = term()
    const operator = take()
    if (operator !== 'matches') return compare(operator, left, right())
    take('regex')
    const [, flags, pattern = ''] = /^(?:\(\?(i)\))?(.*)$/s.exec(term()) ?? []
    return new RegExp(pattern, flags).test(left)
  }
  const right = (): Value => {
    if (tokens[at] !== '(') return term()
    take('(')
    const values = [term()]
    while (take() === ',') values.push(term())
    return values
  }
  const term = (): string => {
    const token = take()
    if (token.startsWith('@')) return token.slice(2, -1)
    if (token.startsWith('"')) return JSON.parse(token)
    if (token !== 'tostring') return textAt(event, token)
    take('(')
    const path = take()
    take(')')
    return textAt(event, path)
  }

  const holds = either()
  if (at < tokens.length) throw new Error(`Left over: ${tokens.slice(at).join(' ')}.`)
  return holds
}

function compare(operator: string, left: string, right: Value): boolean {
  const [text, values] = [left.toLowerCase(), [right].flat().map((value) => value.toLowerCase())]
  const [value = ''] = values
  switch (operator) {
    case 'in~':
      return values.includes(text)
    case '=~':
      return text === value
    case 'contains':
      return text.includes(value)
    case 'startswith':
      return text.startsWith(value)
    case 'endswith':
      return text.endsWith(value)
    default:
      throw new Error(`${operator} is no operator of our queries.`)
  }
}

/** As `tostring` gives a value of a dynamic column: empty without one, JSON of what is no single value. */
function textAt(event: AuditLogEvent, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((part, key) => (Object(part) as Record<string, unknown>)[key], event)
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
