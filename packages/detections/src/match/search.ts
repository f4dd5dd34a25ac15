import { allTexts } from './event-value.ts'
import { type EventTest, fieldTest } from './field-test.ts'
import { textPattern } from './text-pattern.ts'

/**
 * One search identifier: a map whose lines must all hold, a list of maps of which one must hold, or words to find
 * anywhere in the event. Throws a SyntaxError that names the problem.
 */
export function parseSearch(search: unknown): EventTest {
  if (isMap(search)) return mapTest(search)
  const items = Array.isArray(search) ? search : [search]
  if (items.length === 0) throw new SyntaxError('the list is empty')
  if (items.every(isMap)) {
    const tests = items.map(mapTest)
    return (event) => tests.some((test) => test(event))
  }
  return keywords(items, false)
}

function mapTest(map: Readonly<Record<string, unknown>>): EventTest {
  const lines = Object.entries(map)
  if (lines.length === 0) throw new SyntaxError('the map is empty')
  const tests = lines.map(([key, value]) => {
    if (key === '|all') return keywords(Array.isArray(value) ? value : [value], true)
    try {
      if (key.startsWith('|')) throw new SyntaxError('only |all can be used without a field')
      return fieldTest(key, value)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new SyntaxError(`${key}: ${error.message}`)
    }
  })
  return (event) => tests.every((test) => test(event))
}

function keywords(words: readonly unknown[], all: boolean): EventTest {
  const tests = words.map((word) => {
    if (typeof word !== 'string' && typeof word !== 'number')
      throw new SyntaxError('a list must have either words or maps')
    return textPattern(String(word), 'contains', false)
  })
  return (event) => {
    const texts = allTexts(event)
    const found = (test: (text: string) => boolean) => texts.some(test)
    return all ? tests.every(found) : tests.some(found)
  }
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
