import { evaluate } from './eval.ts'
import type { Row, SearchOptions } from './search-options.ts'
import { parseStatistics, type Statistic } from './statistics-text.ts'

/** stats, eventstats and streamstats over rows. A row without one of the fields to group by is in no group. */
export function statistics(
  command: 'stats' | 'eventstats' | 'streamstats',
  rows: readonly Row[],
  text: string,
  scope: SearchOptions,
): Row[] {
  const { options, statistics, by } = parseStatistics(text)
  const groups = new Map<string, Row[]>()
  const results: Row[] = []
  for (const row of command === 'stats' ? rows.flatMap((one) => eachValue(one, by)) : rows) {
    const key = by.map((name) => row.get(name)?.join('\n'))
    if (key.includes(undefined)) {
      if (command !== 'stats') results.push(row)
      continue
    }
    const group = groups.get(key.join('\0')) ?? []
    groups.set(key.join('\0'), group)
    if (command === 'streamstats')
      results.push(new Map([...row, ...calculate(statistics, window(group, row, options), scope)]))
    group.push(row)
  }
  for (const group of command === 'streamstats' ? [] : groups.values()) {
    const made = calculate(statistics, group, scope)
    if (command === 'eventstats') results.push(...group.map((row) => new Map([...row, ...made])))
    else results.push(new Map([...by.map((name) => [name, group[0]?.get(name) ?? []] as const), ...made]))
  }
  if (command === 'stats' && by.length === 0 && rows.length === 0)
    results.push(new Map(calculate(statistics, [], scope)))
  return results
}

/** The rows streamstats looks at for a row: all within a time before it and itself, or the one before it. */
function window(before: readonly Row[], row: Row, options: ReadonlyMap<string, string>): readonly Row[] {
  const given = [...options].map((option) => option.join('=')).join(' ')
  // Without global=f the one before would be one of any group.
  if (given === 'current=f global=f window=1') return before.slice(-1)
  const [, count, unit = ''] = /^time_window=(\d+)([mhd])$/.exec(given) ?? []
  const seconds = Number(count) * ({ m: 60, h: 3600, d: 86_400 }[unit] ?? Number.NaN)
  if (Number.isNaN(seconds)) throw new SyntaxError(`streamstats with ${given} is not modelled`)
  // Times have milliseconds: a difference of fractions is not exact.
  return [
    ...before.filter((other) => Math.round((timeOf(row) - timeOf(other)) * 1000) <= seconds * 1000),
    row,
  ]
}

/** stats counts an event once for each value of a field it groups by. */
function eachValue(row: Row, by: readonly string[]): Row[] {
  return by.reduce<Row[]>(
    (rows, name) =>
      rows.flatMap((one) => (one.get(name) ?? []).map((value) => new Map([...one, [name, [value]]]))),
    [row],
  )
}

function calculate(
  statistics: readonly Statistic[],
  group: readonly Row[],
  { now }: SearchOptions,
): [string, string[]][] {
  return statistics.flatMap((one): [string, string[]][] => {
    const values = group.flatMap((fields) => {
      if (one.of === undefined) return ['']
      if (one.isEval) return evaluate(one.of, fields, now) === true ? [''] : []
      return fields.get(one.of) ?? []
    })
    const result = aggregate(one.function, values, group, one.of)
    return result.length > 0 ? [[one.name, result]] : []
  })
}

function aggregate(name: string, values: string[], group: readonly Row[], of: string | undefined): string[] {
  switch (name) {
    case 'count':
      return [String(values.length)]
    case 'dc':
      return [String(new Set(values).size)]
    case 'values':
      return [...new Set(values)].sort()
    case 'last':
      return values.slice(-1)
    case 'min':
    case 'max':
      return values.length === 0 ? [] : [String(Math[name](...values.map(Number)))]
    case 'median':
    case 'perc95': {
      const sorted = values.map(Number).sort((a, b) => a - b)
      const at = Math.ceil(sorted.length * (name === 'median' ? 0.5 : 0.95)) - 1
      return sorted.length === 0 ? [] : [String(sorted[at])]
    }
    case 'earliest':
    case 'latest': {
      const byTime = group.filter((row) => row.has(of ?? '')).sort((a, b) => timeOf(a) - timeOf(b))
      const row = name === 'earliest' ? byTime[0] : byTime.at(-1)
      return [...(row?.get(of ?? '') ?? [])].slice(0, 1)
    }
    default:
      throw new SyntaxError(`${name}() is not modelled`)
  }
}

function timeOf(row: Row): number {
  return Number(row.get('_time')?.[0])
}
