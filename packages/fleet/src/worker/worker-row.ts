import { auditScope } from '@asana-audit/schema'
import type { Connection } from '../database/open-database.ts'

export interface WorkerRow {
  /** Says that the worker is alive. */
  beat(): Promise<void>
  /** Removes the row of a worker that has ended. */
  remove(): Promise<void>
}

/** The row of a worker in `asana_audit.worker`, for people. Rows of workers that died long ago go with the first beat of another. */
export function workerRow(
  database: Connection,
  { name, slots }: { readonly name: string; readonly slots: number },
): WorkerRow {
  let isNew = true
  return {
    async beat() {
      await database.executeSql(
        `insert into asana_audit.worker as worker (name, version, slots) values ($1, $2, $3)
         on conflict (name) do update set seen_at = now()${isNew ? ', started_at = now(), version = excluded.version, slots = excluded.slots' : ''}`,
        [name, auditScope.version, slots],
      )
      if (isNew)
        await database.executeSql("delete from asana_audit.worker where seen_at < now() - interval '1 day'")
      isNew = false
    },
    async remove() {
      await database.executeSql('delete from asana_audit.worker where name = $1', [name])
    },
  }
}
