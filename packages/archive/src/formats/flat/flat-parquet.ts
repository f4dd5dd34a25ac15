import { jsonOf } from '../json-lines.ts'
import { asRecord, type ObjectForm } from '../object-form.ts'
import { readParquet } from '../parquet/read-parquet.ts'
import { asReason, most, thanAnyObject } from '../parquet/unfit-parquet.ts'
import { writeParquet } from '../parquet/write-parquet.ts'
import { flatColumns } from './flat-columns.ts'

/** Parquet with a row for each event: columns to ask by, and the event itself as text. */
export const flatParquet: ObjectForm = {
  ...asRecord,
  ...({ format: 'flat', folder: 'flat/', ending: '.parquet', unit: 'row' } as const),
  encode: (rows) =>
    writeParquet({ columns: flatColumns, rows, metadata: { 'asana-audit.format': 'flat 1' } }),
  async decode(bytes) {
    const rows = await readParquet(bytes, ['event']).catch((error: unknown) => {
      throw asReason(error, 'its bytes are cut off, or are not Parquet with the column event')
    })
    let size = 0
    return rows.map(({ event }) => {
      if (typeof event !== 'string') return undefined
      // A dictionary gives one long text to many rows.
      size += event.length
      if (size > most.bytes) throw new Error(`its events have ${size} characters, ${thanAnyObject}`)
      return jsonOf(event)
    })
  },
  async follows(bytes, events) {
    // What cannot be read does not follow.
    const rows = await readParquet(bytes).catch((): Record<string, unknown>[] => [])
    return events.every((event, index) =>
      flatColumns.every(
        ({ elements: [{ name }], value }) => (rows[index]?.[name] ?? undefined) === value(event),
      ),
    )
  },
}
