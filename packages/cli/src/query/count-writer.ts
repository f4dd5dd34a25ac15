import { safeJson, safeText } from '../terminal/safe-text.ts'
import type { Counts } from './count-by.ts'
import { csvRecord } from './csv.ts'
import type { OutputForm } from './event-writer.ts'
import { table } from './table.ts'

export interface CountWriterOptions {
  readonly form: OutputForm
  /** Names of the fields counted by. */
  readonly names: readonly string[]
  readonly width: number | undefined
  readonly write: (text: string) => void
}

/** Writes counts. The last one is the sum of those not shown. */
export function writeCounts({ counts, total, others }: Counts, options: CountWriterOptions): void {
  const { form, names, width, write } = options
  const rest = others.values === undefined ? '(others)' : `(${others.values} others)`
  switch (form) {
    case 'jsonl':
      for (const { values, count } of counts) {
        const fields = names.map((name, index) => [name, values[index] ?? null])
        write(`${safeJson(JSON.stringify({ ...Object.fromEntries(fields), count }))}\n`)
      }
      if (others.events > 0)
        write(`${JSON.stringify({ others: others.values ?? null, count: others.events })}\n`)
      return
    case 'csv':
      write(csvRecord([...names, 'count']))
      for (const { values, count } of counts) write(csvRecord([...values, count]))
      if (others.events > 0) write(csvRecord([...names.map((_, i) => (i === 0 ? rest : '')), others.events]))
      return
    case 'table': {
      const rows = table({
        columns: [
          { title: 'EVENTS', align: 'right', whole: true },
          { title: 'SHARE', align: 'right', whole: true },
          ...names.map((name) => ({ title: name.toUpperCase() })),
        ],
        width,
        write: (line) => write(`${line}\n`),
      })
      const row = (count: number, values: readonly string[]) =>
        rows.row([count.toLocaleString('en'), `${((100 * count) / total).toFixed(1)} %`, ...values])
      for (const { values, count } of counts)
        row(
          count,
          values.map((value) => (value === undefined ? '(none)' : safeText(value))),
        )
      if (others.events > 0) row(others.events, [rest])
      rows.end()
    }
  }
}
