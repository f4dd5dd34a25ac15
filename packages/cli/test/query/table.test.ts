import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { type Column, table } from '../../src/query/table.ts'

function lines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string[] {
  const written: string[] = []
  const one = table({ columns, width, write: (line) => written.push(line) })
  for (const row of rows) one.row(row)
  one.end()
  return written
}

const columns: readonly Column[] = [{ title: 'ID', whole: true }, { title: 'NAME' }, { title: 'WHAT' }]
const long = 'a value that is a good deal longer than its column'

test('columns are aligned for names in any script', () => {
  const names = ['Ada', '山田 太郎', '👩‍👩‍👧‍👦 family', 'e\u0301te\u0301', '박서연', 'فاطمة']
  for (const width of [undefined, 60, 34]) {
    const written = lines(
      columns,
      names.map((name) => ['1', name, 'x']),
      width,
    )
    const starts = written.slice(1).map((line) => stringWidth(line.slice(0, line.lastIndexOf('x'))))
    expect(new Set(starts).size).toBe(1)
  }
})

test('no line is wider than the terminal, and a column marked whole is never cut', () => {
  const id = '1209000000000001'
  const rows = [long, '山田'.repeat(40), '🚀'.repeat(40), 'x'].map((name) => [id, name, long])
  for (const width of [44, 60, 80, 200]) {
    for (const line of lines(columns, rows, width)) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(lines(columns, rows, width).every((line, index) => index === 0 || line.startsWith(id))).toBe(true)
  }
  expect(lines(columns, rows, 60)[1]).toContain('…')
})

test('a column that needs little width leaves the rest to the others', () => {
  const [, row = ''] = lines(columns, [['1', 'ab', long]], 3 + 2 + 4 + 2 + long.length)
  expect(row).toContain(long)
})

test('in a pipe nothing is cut, and rows after the sample are written at once', () => {
  const written: string[] = []
  const one = table({ columns, width: undefined, write: (line) => written.push(line) })
  for (let index = 0; index < 499; index += 1) one.row(['1', 'name', 'x'])
  expect(written).toEqual([])
  one.row(['1', 'name', 'x'])
  expect(written.length).toBe(501)
  one.row(['1', long.repeat(20), 'x'])
  expect(written.at(-1)).toContain(long.repeat(20))
})

test('numbers are aligned to the right', () => {
  expect(lines([{ title: 'EVENTS', align: 'right' }], [['5'], ['1,000']], undefined)).toEqual([
    'EVENTS',
    '     5',
    ' 1,000',
  ])
})

test('if a column would be cut, a column that may go to a second line does, so that nothing is cut', () => {
  const two: readonly Column[] = [
    { title: 'TIME', whole: true },
    { title: 'WHAT' },
    { title: 'WHO', below: true },
  ]
  const row = ['09:00', 'workspace_export_started', 'Łukasz Wrona']
  expect(lines(two, [row], 36)).toEqual([
    'TIME   WHAT',
    '       WHO',
    '09:00  workspace_export_started',
    '       Łukasz Wrona',
  ])
  const inOne = ['TIME   WHAT                      WHO', '09:00  workspace_export_started  Łukasz Wrona']
  expect(lines(two, [row], 45)).toEqual(inOne)
  expect(lines(two, [row], undefined)).toEqual(inOne)
  for (const width of [30, 36, 45])
    for (const line of lines(two, [[...row.slice(0, 2), long]], width))
      expect(stringWidth(line)).toBeLessThanOrEqual(width)
})
