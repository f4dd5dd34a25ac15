import type { Identified } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { Compression } from '../../compression.ts'
import { decodeLines, encodeLines, lineEndings } from '../json-lines.ts'
import type { ObjectForm } from '../object-form.ts'
import type { ArchiveViewOptions } from '../view-options.ts'
import { type DialectName, dialects } from './dialects.ts'

/** A line of a view, with what tells which event it is of. */
interface ViewRow extends Identified {
  readonly view: object
}

/** JSON lines of a dialect that does not give events back, one event a line. The folder has the name of the format. */
export function lineView(
  format: DialectName,
  compression: Compression,
  options: ArchiveViewOptions = {},
): ObjectForm {
  const { load, identityOf } = dialects[format]

  function rowOf(view: unknown): ViewRow | undefined {
    const { gid, created_at } = identityOf(view)
    const isRow = typeof gid === 'string' && typeof created_at === 'string'
    return isRow ? { gid, created_at, view: view as object } : undefined
  }

  return {
    ...({ format, isRecord: false, folder: `${format}/`, unit: 'line' } as const),
    ending: lineEndings[compression],
    partition: (day) => `day=${day}`,
    async rowsOf(events) {
      const toView = await load()
      return events.map((event) => rowOf(toView(event as AuditLogEvent, options))!)
    },
    encode: (rows) =>
      encodeLines(
        Array.from(rows as Iterable<ViewRow>, ({ view }) => view),
        compression,
      ),
    decode: async (bytes) => (await decodeLines(bytes, compression)).map(rowOf),
  }
}
