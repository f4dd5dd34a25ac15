import type { Case, Leg } from '../case.ts'
import { row, type Scale } from './row.ts'

/** An object holds up to 20,000 events of one day. */
const dayEvents = 20_000

/** Into an archive, beside the SDK of AWS. */
export function archiveLegs(scale: Scale): Leg[] {
  return [writeLeg(scale), readLeg(scale)]
}

function writeLeg(scale: Scale): Leg {
  const events = scale.quick ? 2 * dayEvents : 16 * dayEvents
  const one = (name: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(scale, {
      ...{ name, events, kind: 'ours', variant: 'archive', options: { store: 's3', ...options } },
      ...{ asana: { days: events / dayEvents }, timeoutMs: 300_000, ...more },
    })
  const sdk = { kind: 'peer' } as const
  const writer = 'archive-aws-sdk'
  return {
    name: 'archive',
    title: 'Into an archive',
    about: `${events.toLocaleString('en')} events of ${events / dayEvents} days, from the first request to Asana to the last object, into versitygw on the same machine or a folder. Ours runs as the command does: each event checked, cursor, ids and ledger in SQLite on disk, each object read for by its day before it is created, never overwritten, and recorded in a manifest with digests of ids and contents. The others put objects of the same days and numbers of events, and do nothing else. The bytes stored are those of all objects, the manifest among them, for each event; a reader that is not ours (DuckDB) counts what is lost.`,
    cases: [
      one('ours, JSON lines', {}),
      one('ours, JSON lines, in a folder', { store: 'folder' }),
      one('ours, Parquet', { formats: ['flat'] }),
      one('ours, JSON lines, and OCSF as Parquet', { formats: ['jsonl', 'ocsf'] }),
      one('asana SDK, client-s3, JSON lines', { writer, formats: ['jsonl'] }, sdk),
      one('asana SDK, DuckDB, client-s3, Parquet', { writer, formats: ['flat'] }, sdk),
    ],
  }
}

function readLeg(scale: Scale): Leg {
  const archived = scale.quick ? 200_000 : 10_000_000
  const one = (events: number): Case =>
    row(scale, {
      ...{ events, kind: 'ours', variant: 'archive-read', rounds: 1, options: { archived } },
      name: `ours, ${events.toLocaleString('en')} events`,
      ...{ heapAt: [events / 10, events * 0.9], flags: ['--expose-gc'], timeoutMs: 900_000 },
    })
  return {
    name: 'archive-read',
    title: 'Out of an archive',
    about: `The first events of an archive of ${archived.toLocaleString('en')} in a folder, JSON lines with gzip, one by one: live heap after a forced collection at a tenth and near the end, and the most resident memory.`,
    cases: [one(archived / 10), one(archived)],
  }
}
