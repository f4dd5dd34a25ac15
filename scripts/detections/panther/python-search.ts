import { joined, NotConverted } from '../not-converted.ts'

type Search = Readonly<Record<string, unknown>>

/** A search identifier as a Python expression over `event`. */
export function pythonSearch(search: unknown): string {
  if (Array.isArray(search)) {
    if (!search.every(isMap)) throw new NotConverted('words without a field')
    return joined(search.map(pythonMap), 'or')
  }
  if (!isMap(search)) throw new NotConverted('words without a field')
  return pythonMap(search)
}

function pythonMap(search: Search): string {
  return joined(
    Object.entries(search).map(([key, value]) => pythonLine(key, value)),
    'and',
  )
}

function pythonLine(key: string, value: unknown): string {
  const [field = '', ...modifiers] = key.split('|')
  const given = Array.isArray(value) ? value : [value]
  const path = field.split('.').map(pythonText).join(', ')
  const [kind = 'whole', ...more] = modifiers
  if (given.some((one) => !['string', 'number', 'boolean'].includes(typeof one))) {
    throw new NotConverted('a value that is neither text, number, true nor false')
  }
  const texts = given.map(String)
  if (kind === 're' && (more.length === 0 || (more.length === 1 && more[0] === 'i'))) {
    const flags = more.length === 1 ? ', re.IGNORECASE' : ''
    const test = texts.map((text) => `re.search(${rawText(text)}, text${flags})`)
    return `any(${joined(test, 'or')} for text in texts(event, ${path}))`
  }
  if (more.length > 0) throw new NotConverted(`the modifiers ${modifiers.join(' and ')} together`)
  if (kind === 'fieldref') {
    const others = texts.map((text) => `folded(event, ${text.split('.').map(pythonText).join(', ')})`)
    return joined(
      others.map((other) => `bool(set(folded(event, ${path})) & set(${other}))`),
      'or',
    )
  }
  if (texts.some((text) => /[*?\\]/.test(text))) throw new NotConverted('a placeholder in a text')
  const words = texts.map((text) => pythonText(text.toLowerCase()))
  return `any(${wordTest(kind, words)} for text in folded(event, ${path}))`
}

function wordTest(kind: string, words: readonly string[]): string {
  const tuple = words.length === 1 ? words[0]! : `(${words.join(', ')})`
  switch (kind) {
    case 'whole':
      return words.length === 1 ? `text == ${tuple}` : `text in ${tuple}`
    case 'startswith':
    case 'endswith':
      return `text.${kind}(${tuple})`
    case 'contains':
      return joined(
        words.map((word) => `${word} in text`),
        'or',
      )
    default:
      throw new NotConverted(`the modifier ${kind}`)
  }
}

/** JSON's escapes of a text mean the same in Python. */
export function pythonText(text: string): string {
  return JSON.stringify(text)
}

/** Without escapes, as Python's people write regular expressions. */
function rawText(text: string): string {
  if (/["\n]|\\$/.test(text)) throw new NotConverted('a quotation mark in a regular expression')
  return `r"${text}"`
}

function isMap(value: unknown): value is Search {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
