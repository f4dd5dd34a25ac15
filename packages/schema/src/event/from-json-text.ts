import { stringEnd } from './string-end.ts'

/**
 * What `JSON.parse` should return. V8 since 12.8, so Node 24 and later, confuses a member name that has an escape
 * with an earlier one that had a backslash in the same place: after `{"a":1,"\\":2}` it reads `{"a":1,"\n":2}` as if
 * it were the first (https://github.com/nodejs/node/issues/63785). A text with such a name is parsed again by the
 * code below. Throws the SyntaxError of `JSON.parse`.
 */
export function fromJsonText(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasEscapedName(text) ? read(text) : value
}

/** One step for each string with an escape; a text without escapes costs one search. */
function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; ) {
    const end = stringEnd(text, at)
    if (isName(text, end + 1)) return true
    at = text.indexOf('\\', end)
  }
  return false
}

/** Whether a colon follows, which makes the string before it a name. */
function isName(text: string, from: number): boolean {
  let at = from
  while (at < text.length && ' \n\r\t'.includes(text[at] ?? '')) at += 1
  return text[at] === ':'
}

type Open = { entries: [string, unknown][]; name: string | undefined } | { items: unknown[] }

/** Reads a text known to be JSON, without recursion. */
function read(text: string): unknown {
  const open: Open[] = [{ items: [] }]

  function add(value: unknown): void {
    const top = open.at(-1)
    if (top === undefined) return
    if ('items' in top) {
      top.items.push(value)
    } else if (top.name === undefined) {
      top.name = value as string
    } else {
      top.entries.push([top.name, value])
      top.name = undefined
    }
  }

  for (const token of tokens(text)) {
    if (token === '{') {
      open.push({ entries: [], name: undefined })
    } else if (token === '[') {
      open.push({ items: [] })
    } else if (token === '}' || token === ']') {
      const closed = open.pop()
      if (closed) add('items' in closed ? closed.items : Object.fromEntries(closed.entries))
    } else {
      add(JSON.parse(token))
    }
  }
  const [root] = open
  return root && 'items' in root ? root.items[0] : undefined
}

/** Brackets, strings and other values; not commas, colons or white space. */
function* tokens(text: string): Generator<string> {
  const plain = /[^[\]{}",:\s]+/y
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? ''
    if (character === '"') {
      const end = stringEnd(text, at + 1) + 1
      yield text.slice(at, end)
      at = end
    } else if ('[]{}'.includes(character)) {
      yield character
      at += 1
    } else {
      plain.lastIndex = at
      const token = plain.exec(text)?.[0]
      if (token !== undefined) yield token
      at += token?.length ?? 1
    }
  }
}
