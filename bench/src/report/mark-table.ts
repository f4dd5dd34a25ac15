import { markdownTable } from './leg-table.ts'
import type { Mark } from './mark.ts'

const verdicts = { aim: 'aim', must: 'must', no: '**no**' }

/** The goals beside what was measured, as Markdown. */
export function markTable(all: readonly Mark[]): string {
  const lines = all.map(({ work, must, aim, measured, reached }) => [
    work,
    must,
    aim,
    measured,
    reached ? verdicts[reached] : 'not measured',
  ])
  return markdownTable([['work', 'must', 'aim', 'measured', 'reached'], ...lines], 'left')
}
