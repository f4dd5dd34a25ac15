import type { Identified } from '@asana-audit/core'

/** An event in OCSF 1.3, as a row holds it. */
export interface OcsfRow extends Identified {
  readonly ocsf: Readonly<Record<string, unknown>>
}

/** The row that was stored; undefined if these are not the columns of one. */
export function storedRow(columns: Readonly<Record<string, unknown>>): OcsfRow | undefined {
  const ocsf = withoutEmpty(columns) as Record<string, unknown> | undefined
  const { uid, original_time: createdAt } = Object(ocsf?.['metadata']) as Record<string, unknown>
  if (!ocsf || typeof uid !== 'string' || typeof createdAt !== 'string') return undefined
  return { gid: uid, created_at: createdAt, ocsf }
}

/** A reader of Parquet gives null for what is not there, and a record of nulls for a record that is not there. */
export function withoutEmpty(value: unknown): unknown {
  if (value === null) return undefined
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object') return value
  const members = Object.entries(value as object).flatMap(([name, member]) => {
    const left = withoutEmpty(member)
    return left === undefined ? [] : [[name, left]]
  })
  return members.length === 0 ? undefined : Object.fromEntries(members)
}
