import type { SchemaElement } from 'hyparquet'

/** A value of a column: text, whole number, or a record or list of such. */
export type Value =
  | string
  | bigint
  | number
  | undefined
  | readonly unknown[]
  | { readonly [name: string]: unknown }

/** A column of a table, and what it holds of one row. */
export interface Column<Row> {
  /** The column itself, and what is inside it. */
  readonly elements: readonly [SchemaElement, ...SchemaElement[]]
  value(row: Row): Value
}

type Elements = Column<never>['elements']
type Presence = 'REQUIRED' | 'OPTIONAL'

export function text(name: string, presence: Presence = 'OPTIONAL'): Elements {
  const logical = { converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const
  return [{ name, type: 'BYTE_ARRAY', repetition_type: presence, ...logical }]
}

/** Microseconds since 1970. Some readers know the logical type alone, older ones the converted one. */
export function time(name: string, presence: Presence = 'OPTIONAL'): Elements {
  const logical_type = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } as const
  const stored = { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', logical_type } as const
  return [{ name, repetition_type: presence, ...stored }]
}

/** A whole number of 64 bits. */
export function long(name: string, presence: Presence = 'OPTIONAL'): Elements {
  return [{ name, type: 'INT64', repetition_type: presence }]
}

/** A whole number of 32 bits. */
export function integer(name: string, presence: Presence = 'OPTIONAL'): Elements {
  return [{ name, type: 'INT32', repetition_type: presence }]
}

/** A record of other columns. */
export function record(name: string, ...members: readonly Elements[]): Elements {
  return [{ name, repetition_type: 'OPTIONAL', num_children: members.length }, ...members.flat()]
}

/** A list of what `member` makes of the name that readers expect. */
export function list(name: string, member: (name: string) => Elements): Elements {
  const logical = { converted_type: 'LIST', logical_type: { type: 'LIST' } } as const
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, ...logical },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...member('element'),
  ]
}
