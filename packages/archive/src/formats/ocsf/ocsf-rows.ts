import type { Identified } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import { toOcsf } from '@asana-audit/schema/dialects/ocsf'
import { toJsonText } from '@asana-audit/schema/lossless'
import { microsAt } from '../parquet/micros-at.ts'
import type { ArchiveViewOptions } from '../view-options.ts'
import { type OcsfRow, withoutEmpty } from './stored-row.ts'

/** The rows of one class, in the order of their times. Each event becomes a row of one class. */
export function ocsfRows({ workspace, relevance }: ArchiveViewOptions) {
  // All classes are asked for the same events, one after the other.
  const made = new WeakMap<Identified, { readonly classUid: number; readonly row: OcsfRow }>()

  function rowOf(event: Identified): { readonly classUid: number; readonly row: OcsfRow } {
    const known = made.get(event)
    if (known) return known
    const whole = toOcsf(event as AuditLogEvent, {
      ...({ version: '1.3.0', hostProfile: true, rawData: false } as const),
      ...{ workspace, relevance },
    })
    const { metadata, unmapped, time, type_uid } = whole
    const profiles = ['datetime', ...((metadata['profiles'] as string[] | undefined) ?? [])]
    const ocsf = withoutEmpty({
      ...{ ...whole, metadata: { ...metadata, profiles }, time: BigInt(time), type_uid: BigInt(type_uid) },
      time_dt: microsAt(event.created_at),
      unmapped: unmapped && toJsonText(unmapped),
    })
    const row = { gid: metadata.uid, created_at: event.created_at, ocsf: ocsf as OcsfRow['ocsf'] }
    made.set(event, { classUid: whole.class_uid, row })
    return { classUid: whole.class_uid, row }
  }

  return (events: readonly Identified[], classUid: number): OcsfRow[] => {
    const timeOf = ({ ocsf }: OcsfRow): bigint => ocsf['time_dt'] as bigint
    return events
      .map(rowOf)
      .flatMap((one) => (one.classUid === classUid ? [one.row] : []))
      .sort((one, other) => (timeOf(one) < timeOf(other) ? -1 : timeOf(one) > timeOf(other) ? 1 : 0))
  }
}
