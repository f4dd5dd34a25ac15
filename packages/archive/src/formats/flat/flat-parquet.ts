import { jsonOf } from '../json-lines.ts'
import { asRecord, type ObjectForm } from '../object-form.ts'
import { readParquet } from '../parquet/read-parquet.ts'
import { writeParquet } from '../parquet/write-parquet.ts'
import { flatColumns } from './flat-columns.ts'

/** Parquet with a row for each event: columns to ask by, and the event itself as text. */
export const flatParquet: ObjectForm = {
  ...asRecord,
  ...({ format: 'flat', folder: 'flat/', ending: '.parquet', unit: 'row' } as const),
  encode: (rows) =>
    writeParquet({ columns: flatColumns, rows, metadata: { 'asana-audit.format': 'flat 1' } }),
  async decode(bytes) {
    const rows = await readParquet(bytes, ['event']).catch(() => {
      throw new Error('its bytes are cut off, or are not Parquet with the column event')
    })
    return rows.map(({ event }) => (typeof event === 'string' ? jsonOf(event) : undefined))
  },
  async follows(bytes, events) {
    const rows = await readParquet(bytes)
    return events.every((event, index) =>
      flatColumns.every(
        ({ elements: [{ name }], value }) => (rows[index]?.[name] ?? undefined) === value(event),
      ),
    )
  },
}
