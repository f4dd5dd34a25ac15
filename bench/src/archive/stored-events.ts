import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

export interface StoredEvents {
  /** Of all files, those of the manifest too. */
  readonly storedBytes: number
  /** Events that one of the formats does not have. */
  readonly lost: number
}

/** Where each kind of files has the id of an event. The folder of OCSF holds no other format. */
const kinds = [
  {
    ending: '.jsonl.gz',
    from: (files: string) => `read_json(${files}, columns = { gid: 'VARCHAR' })`,
    id: 'gid',
  },
  { ending: '.parquet', from: (files: string) => `read_parquet(${files}, union_by_name = true)`, id: 'gid' },
  {
    ending: '.parquet',
    from: (files: string) => `read_parquet(${files}, union_by_name = true)`,
    id: 'metadata.uid',
    below: 'ext',
  },
] as const

/** What is below a folder, counted by a reader that is not ours. Throws if an event is in one format twice. */
export async function storedEvents(folder: string, events: number): Promise<StoredEvents> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  let lost = 0
  for (const { ending, from, id, ...place } of kinds) {
    const ext = join(folder, 'ext')
    const isThere = 'below' in place ? existsSync(ext) : true
    const own = files.filter((file) => file.endsWith(ending) && file.startsWith(ext) === 'below' in place)
    if (!isThere || own.length === 0) continue
    const list = `[${own.map((file) => `'${file}'`).join(', ')}]`
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS stored, count(DISTINCT ${id})::INTEGER AS different FROM ${from(list)}`,
    )
    const [row] = reader.getRowObjects() as { stored: number; different: number }[]
    if (!row || row.stored !== row.different) throw new Error(`events are in ${ending} twice`)
    lost = Math.max(lost, events - row.different)
  }
  connection.closeSync()
  return { storedBytes: files.reduce((sum, file) => sum + statSync(file).size, 0), lost }
}
