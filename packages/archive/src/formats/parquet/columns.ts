import type { SchemaElement } from 'hyparquet'

/** A value of a leaf: text, whole number, or nothing. */
export type Value = string | bigint | undefined

/** A column of a table, and what it holds of one row. */
export interface Column<Row> {
  readonly element: SchemaElement
  value(row: Row): Value
}

type Presence = 'REQUIRED' | 'OPTIONAL'

export function textElement(name: string, presence: Presence = 'OPTIONAL'): SchemaElement {
  return {
    ...({ name, type: 'BYTE_ARRAY', repetition_type: presence } as const),
    ...({ converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const),
  }
}

/** Microseconds since 1970. Some readers know the logical type alone, older ones the converted one. */
export function timeElement(name: string, presence: Presence = 'OPTIONAL'): SchemaElement {
  return {
    ...({ name, type: 'INT64', repetition_type: presence, converted_type: 'TIMESTAMP_MICROS' } as const),
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  }
}

export function integerElement(name: string, presence: Presence = 'OPTIONAL'): SchemaElement {
  return { name, type: 'INT64', repetition_type: presence }
}
