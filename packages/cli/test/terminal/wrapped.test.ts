import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { wrapped } from '../../src/terminal/wrapped.ts'

test('a sentence breaks between words and its next lines are indented; in a pipe it stays one line', () => {
  const sentence = '✗ otlp: Nothing accepts connections at http://localhost:4318.'
  expect(wrapped(sentence, 2, 30)).toBe('✗ otlp: Nothing accepts\n  connections at\n  http://localhost:4318.')
  expect(wrapped(sentence, 2, undefined)).toBe(sentence)
})

test('a character that would move the cursor or begin a line is shown as a visible one', () => {
  expect(wrapped('one\n✓ two\u001b[2J\u009b\u202e', 2, 80)).toBe('one␊✓ two␛[2J\\u009b\\u202e')
  expect(wrapped('one\r\ntwo', 2, undefined)).toBe('one␍␊two')
})

test('no line is wider than the terminal unless it is one long word, and no word is lost or broken', () => {
  const word = fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', 'é', '山', '/', '🚀') })
  const words = fc.array(word, { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(
      words,
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 20, max: 80 }),
      (all, indent, width) => {
        const lines = wrapped(all.join(' '), indent, width).split('\n')
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(all)
        for (const line of lines) {
          const alone = !line.trim().includes(' ')
          if (!alone) expect(stringWidth(line)).toBeLessThanOrEqual(width)
        }
      },
    ),
  )
})
