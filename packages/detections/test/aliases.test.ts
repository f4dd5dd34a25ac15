import { expect, test } from 'vitest'
import { readRules } from '../src/index.ts'

const rule = (detection: string): string =>
  `title: Deletions\nlogsource: { product: asana, service: audit }\ndetection: { ${detection}, condition: selection }\n`

test('an unquoted text that begins with * is reported, together with every other problem', () => {
  const read = readRules([
    { name: 'a.yml', text: `${rule('selection: { event_type: *_deleted }')}---\ntitle: Nothing else\n` },
  ])
  const problems = 'problems' in read ? read.problems : []
  expect(problems[0]).toMatchObject({ file: 'a.yml', message: expect.stringContaining('"*_deleted"') })
  expect(problems.some(({ rule: title }) => title === 'Nothing else')).toBe(true)
  expect(readRules([{ name: 'a.yml', text: rule('selection: { event_type: "*_deleted" }') }])).toHaveProperty(
    'rules',
  )
})

test('aliases that would expand to a million texts are a problem', () => {
  const level = (name: string, n: number): string =>
    `${'bcdefg'[n]}: &${'bcdefg'[n]} [${Array(10).fill(`*${name}`).join(', ')}]`
  const text = ['a: &a [x]', ...[...'abcdef'].map(level)].join('\n')
  expect(readRules([{ name: 'b.yml', text }])).toMatchObject({
    problems: [{ file: 'b.yml', message: expect.stringContaining('Excessive alias count') }],
  })
})
