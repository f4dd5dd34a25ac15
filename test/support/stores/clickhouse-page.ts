import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeBlocks } from '../pages/readme-example.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/stores/clickhouse.md'), 'utf8')
const [tables = '', ...queries] = codeBlocks(page, 'sql')
const [collector = ''] = codeBlocks(page, 'yaml')

/** What the page on ClickHouse shows, word for word. */
export const clickHousePage = {
  /** The statements that make the table and the view. */
  tables,
  /** The configuration of the Collector. */
  collector,
  /** The SQL after the tables. */
  queries,
} as const
