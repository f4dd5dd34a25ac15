/** An expression of Splunk's eval, as a tree. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'operator'; readonly operator: string; readonly args: readonly Expression[] }

interface Token {
  readonly kind: 'text' | 'quoted' | 'number' | 'word' | 'symbol'
  readonly text: string
}

const token =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\d+(?:\.\d+)?)|([A-Za-z_][\w{}:]*)|(==|!=|<=|>=|[-+*/%.(),<>=]))/y

/** Splunk's precedence, the loosest first. A level binds to the left. */
const levels: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['=', '==', '!=', '<', '>', '<=', '>='],
  ['+', '-', '.'],
  ['*', '/', '%'],
]

/** Throws a SyntaxError for what it does not know, rather than pass over it. */
export function parseEval(text: string): Expression {
  const tokens = tokenize(text)
  let at = 0

  const peek = (): Token | undefined => tokens[at]
  const isNext = (symbol: string): boolean => peek()?.text === symbol && peek()?.kind !== 'text'

  function expect(symbol: string): void {
    if (!isNext(symbol))
      throw new SyntaxError(`${symbol} is missing before ${peek()?.text ?? 'the end'}: ${text}`)
    at += 1
  }

  function binary(level: number): Expression {
    const operators = levels[level]
    if (!operators) return unary()
    // NOT binds less than a comparison and more than AND.
    if (level === 2 && peek()?.kind === 'word' && peek()?.text === 'NOT') {
      at += 1
      return { kind: 'operator', operator: 'NOT', args: [binary(2)] }
    }
    let left = binary(level + 1)
    for (let next = peek(); next && isOperator(next, operators); next = peek()) {
      at += 1
      left = { kind: 'operator', operator: next.text, args: [left, binary(level + 1)] }
    }
    return left
  }

  function unary(): Expression {
    if (isNext('-')) {
      at += 1
      return { kind: 'operator', operator: 'minus', args: [unary()] }
    }
    if (isNext('(')) {
      at += 1
      const inner = binary(0)
      expect(')')
      return inner
    }
    const next = peek()
    if (!next || next.kind === 'symbol')
      throw new SyntaxError(`${next?.text ?? 'the end'} is unexpected: ${text}`)
    at += 1
    if (next.kind === 'text') return { kind: 'literal', value: next.text }
    if (next.kind === 'number') return { kind: 'literal', value: Number(next.text) }
    if (next.kind === 'word' && isNext('(')) return call(next.text)
    return { kind: 'field', name: next.text }
  }

  function call(name: string): Expression {
    expect('(')
    const args: Expression[] = []
    while (!isNext(')')) {
      args.push(binary(0))
      if (!isNext(')')) expect(',')
    }
    expect(')')
    return { kind: 'call', name, args }
  }

  const whole = binary(0)
  if (at < tokens.length) throw new SyntaxError(`${tokens[at]?.text} is unexpected: ${text}`)
  return whole
}

function isOperator({ kind, text }: Token, operators: readonly string[]): boolean {
  return (kind === 'symbol' || kind === 'word') && operators.includes(text)
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const trimmed = text.trimEnd()
  token.lastIndex = 0
  while (token.lastIndex < trimmed.length) {
    const start = token.lastIndex
    const match = token.exec(trimmed)
    if (!match) throw new SyntaxError(`no eval expression from ${trimmed.slice(start)}`)
    const [, string, quoted, number, word, symbol] = match
    if (string !== undefined) tokens.push({ kind: 'text', text: string.replaceAll(/\\(.)/g, '$1') })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else tokens.push({ kind: 'symbol', text: symbol as string })
  }
  return tokens
}

/** The fields an expression reads. */
export function fieldsOf(expression: Expression): ReadonlySet<string> {
  switch (expression.kind) {
    case 'literal':
      return new Set()
    case 'field':
      return new Set([expression.name])
    default:
      return new Set(expression.args.flatMap((arg) => [...fieldsOf(arg)]))
  }
}
