import { nearestName } from '@asana-audit/schema/options'
import { type CsvError, parse } from 'csv-parse/sync'
import { type KnownDestinations, type NewTenant, tenantProblems } from './new-tenant.ts'

/** What is wrong with one line of the file. */
export interface CsvProblem {
  /** From 1, the header included. */
  readonly line: number
  /** The column; undefined where it is about the whole line. */
  readonly field: string | undefined
  /** A sentence with what to write instead. Never quotes a token. */
  readonly message: string
}

export interface CsvTenant {
  readonly line: number
  readonly tenant: NewTenant
}

export interface TenantCsv {
  readonly tenants: readonly CsvTenant[]
  /** In the order of the lines. If there are any, `tenants` holds only the right lines, and must not be written. */
  readonly problems: readonly CsvProblem[]
}

const columns = ['name', 'workspace', 'token_ref', 'destination', 'poll_seconds'] as const
type Column = (typeof columns)[number]
const header = columns.join(',')

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

/** Reads a CSV with the columns `name,workspace,token_ref,destination,poll_seconds`, the last one optional, and finds all its problems. */
export function readTenantCsv(text: string, known: KnownDestinations = {}): TenantCsv {
  const problems: CsvProblem[] = []
  const [first, ...lines] = linesOf(text, problems)
  if (!first) {
    problems.push({
      line: 1,
      field: undefined,
      message: `The file is empty. Its first line must be ${header}`,
    })
    return { tenants: [], problems }
  }
  const places = placesOf(first, problems)
  if (!places) return { tenants: [], problems }
  const read = lines.flatMap((line) => {
    const tenant = tenantOn(line, first.cells.length, places, problems)
    return tenant ? [{ line: line.line, tenant }] : []
  })
  for (const { line, tenant } of read)
    problems.push(...tenantProblems(tenant, known).map((problem) => ({ line, ...problem })))
  problems.push(...repeatedNames(read))
  const wrong = new Set(problems.map(({ line }) => line))
  return {
    tenants: read.filter(({ line }) => !wrong.has(line)),
    problems: problems.toSorted((one, other) => one.line - other.line),
  }
}

function linesOf(text: string, problems: CsvProblem[]): Line[] {
  const records = parse(text, {
    ...{ bom: true, trim: true, info: true, skip_empty_lines: true, relax_column_count: true },
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      if (error) problems.push({ line: Number(error['lines']), field: undefined, message: unreadable(error) })
      return undefined
    },
  }) as unknown as readonly {
    readonly record: readonly string[]
    readonly info: { readonly lines: number }
  }[]
  return records.map(({ record, info }) => ({ line: info.lines, cells: record }))
}

function unreadable({ code }: CsvError): string {
  return code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'A quote that opens here or before is never closed. Close it, or take it away.'
    : 'It has a quote in the wrong place. Put the whole value in quotes, and write a quote in it twice.'
}

/** Where each column is. Undefined if one is missing. */
function placesOf({ line, cells }: Line, problems: CsvProblem[]): ReadonlyMap<Column, number> | undefined {
  const wrong = (field: string | undefined, message: string): void =>
    void problems.push({ line, field, message })
  const [only = ''] = cells
  if (cells.length === 1 && /[;\t]/.test(only)) {
    wrong(undefined, `Its columns are not separated by commas. Save the file with commas: ${header}`)
    return undefined
  }
  const places = new Map<Column, number>()
  for (const [at, cell] of cells.entries()) {
    const column = columns.find((one) => one === cell)
    if (column === undefined) {
      const nearest = nearestName(cell, columns)
      const meant = nearest === undefined ? `The columns are ${header}` : `Did you mean ${nearest}?`
      wrong(cell, `This column is unknown. ${meant}`)
    } else if (places.has(column)) wrong(column, 'This column is there twice. Keep one of them.')
    else places.set(column, at)
  }
  const missing = columns.filter((column) => column !== 'poll_seconds' && !places.has(column))
  for (const column of missing)
    wrong(column, `This column is missing. The first line of the file must be ${header}`)
  return missing.length > 0 ? undefined : places
}

/** Undefined for a line with too few or too many values. */
function tenantOn(
  { line, cells }: Line,
  width: number,
  places: ReadonlyMap<Column, number>,
  problems: CsvProblem[],
): NewTenant | undefined {
  if (cells.length !== width) {
    const message = `It has ${cells.length} values, and the first line ${width}. A value with a comma needs quotes.`
    problems.push({ line, field: undefined, message })
    return undefined
  }
  const cell = (column: Column): string => cells[places.get(column) ?? -1] ?? ''
  const seconds = cell('poll_seconds')
  return {
    name: cell('name'),
    workspace: cell('workspace'),
    tokenRef: cell('token_ref'),
    destination: cell('destination'),
    pollSeconds: seconds === '' ? undefined : /^\d+$/.test(seconds) ? Number(seconds) : Number.NaN,
  }
}

function repeatedNames(tenants: readonly CsvTenant[]): CsvProblem[] {
  const first = new Map<string, number>()
  return tenants.flatMap(({ line, tenant: { name } }) => {
    // An empty name is reported as that, not as a repeated one.
    if (name === '') return []
    const before = first.get(name)
    if (before === undefined) {
      first.set(name, line)
      return []
    }
    const message = `The name ${JSON.stringify(name)} is on line ${before} as well. Give each customer a name of its own.`
    return [{ line, field: 'name', message }]
  })
}
