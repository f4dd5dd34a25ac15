import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requirePythonTool } from '../../../../test/support/commands/python-suite.ts'

export interface ReaderView {
  readonly types: Readonly<Record<string, string>>
  /** Times are microseconds since 1970. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

interface ReadBack {
  readonly pyarrow: ReaderView & {
    readonly required: readonly string[]
    readonly statistics: Readonly<
      Record<string, { compression: string; nulls: number; min: string | null; max: string | null }>
    >
  }
  readonly duckdb: ReaderView
}

/** What readers that are not ours say of a file. */
export async function readByOthers(path: string): Promise<ReadBack> {
  return JSON.parse(await python(path)) as ReadBack
}

/** How many rows each finds where the column has this value. Both leave out row groups by their statistics. */
export async function countByOthers(
  path: string,
  column: string,
  value: string,
): Promise<{ duckdb: number; pyarrow: number }> {
  return JSON.parse(await python('count', path, column, value)) as { duckdb: number; pyarrow: number }
}

/** The rows that DuckDB gives for a query. */
export async function askDuckDb(query: string): Promise<Record<string, unknown>[]> {
  return JSON.parse(await python('sql', query)) as Record<string, unknown>[]
}

async function python(...words: string[]): Promise<string> {
  const script = join(import.meta.dirname, 'read_parquet.py')
  const options = { maxBuffer: 64 * 2 ** 20 }
  const { stdout } = await promisify(execFile)(requirePythonTool('python'), [script, ...words], options)
  return stdout
}
