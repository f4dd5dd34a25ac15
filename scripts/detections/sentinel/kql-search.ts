import { joined, NotConverted } from '../not-converted.ts'

type Search = Readonly<Record<string, unknown>>

/** A search identifier as a KQL expression over the columns of the function `AsanaAudit`. */
export function kqlSearch(search: unknown): string {
  const maps: readonly unknown[] = Array.isArray(search) ? search : [search]
  if (!maps.every(isMap)) throw new NotConverted('words without a field')
  return joined(maps.map(kqlMap), 'or')
}

function kqlMap(search: Search): string {
  return joined(
    Object.entries(search).map(([key, value]) => kqlLine(key, value)),
    'and',
  )
}

function kqlLine(key: string, value: unknown): string {
  const [field = '', ...modifiers] = key.split('|')
  const given: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (given.some((one) => !['string', 'number', 'boolean'].includes(typeof one))) {
    throw new NotConverted('a value that is neither text, number, true nor false')
  }
  const texts = given.map(String)
  const [kind = 'whole', ...more] = modifiers
  if (kind === 're' && (more.length === 0 || (more.length === 1 && more[0] === 'i'))) {
    const flags = more.length === 1 ? '(?i)' : ''
    const tests = texts.map((text) => `${column(field)} matches regex ${rawText(flags + text)}`)
    return joined(tests, 'or')
  }
  if (more.length > 0) throw new NotConverted(`the modifiers ${modifiers.join(' and ')} together`)
  if (kind === 'fieldref') {
    const tests = texts.map((other) => `${column(field)} =~ ${column(other)}`)
    return `(isnotempty(${column(field)}) and ${joined(tests, 'or')})`
  }
  if (texts.some((text) => /[*?\\]/.test(text))) throw new NotConverted('a placeholder in a text')
  return wordTest(kind, column(field), texts.map(kqlText))
}

/** These operators do not look at upper and lower case, as Sigma asks for. */
function wordTest(kind: string, column: string, words: readonly string[]): string {
  if (kind === 'whole') {
    return words.length === 1 ? `${column} =~ ${words[0]}` : `${column} in~ (${words.join(', ')})`
  }
  if (!['startswith', 'endswith', 'contains'].includes(kind)) throw new NotConverted(`the modifier ${kind}`)
  return joined(
    words.map((word) => `${column} ${kind} ${word}`),
    'or',
  )
}

/** A path is one in a dynamic column, whose values have no type of their own. */
function column(path: string): string {
  if (!/^[a-z_]+(\.[a-z_]+)*$/.test(path)) throw new NotConverted(`the field ${path}`)
  return path.includes('.') ? `tostring(${path})` : path
}

/** JSON's escapes of a text mean the same in KQL. */
function kqlText(text: string): string {
  return JSON.stringify(text)
}

function rawText(text: string): string {
  if (/["\n]/.test(text)) throw new NotConverted('a quotation mark in a regular expression')
  return `@"${text}"`
}

function isMap(value: unknown): value is Search {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
