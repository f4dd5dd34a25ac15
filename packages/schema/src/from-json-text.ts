/**
 * What `JSON.parse` should return. V8 since 12.8, so Node 24 and later, takes one member name for another
 * when it has an escape in it and an earlier text had a backslash in the same place: after `{"a":1,"\\":2}`
 * it reads `{"a":1,"\n":2}` as the first (https://github.com/nodejs/node/issues/63785). A text with such a
 * name is read here a second time, by hand. Throws the SyntaxError of `JSON.parse`.
 */
export function fromJsonText(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasEscapedName(text) ? read(text) : value
}

/** One step for each string that has an escape; texts without any cost one look. */
function hasEscapedName(text: string): boolean {
  const restOfString = /(?:\\.[^"\\]*)+"\s*(:?)/sy
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', restOfString.lastIndex)) {
    restOfString.lastIndex = at
    if (restOfString.exec(text)?.[1] !== '') return true
  }
  return false
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

  // Brackets, strings, and everything else that is not between values.
  for (const [token] of text.matchAll(/[[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"|[^[\]{}",:\s]+/gs)) {
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
