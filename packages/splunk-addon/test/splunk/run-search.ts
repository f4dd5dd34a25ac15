import { evaluate } from './eval.ts'
import { asTexts, type Fields, type Value } from './fields.ts'
import { commandsOf, expandMacros, split } from './pipeline.ts'
import { relativeTime } from './relative-time.ts'
import { searchCondition } from './search-condition.ts'
import type { Row, SearchOptions } from './search-options.ts'
import { statistics } from './statistics.ts'

type Run = (rows: Row[], text: string, options: SearchOptions) => Row[]

/** Runs a search over events, the newest first, as Splunk would. Throws a SyntaxError for what is not modelled. */
export function runSearch(search: string, events: readonly Fields[], options: SearchOptions): Row[] {
  let rows: Row[] = events.map((event) => new Map(event))
  rows.sort((a, b) => Number(b.get('_time')?.[0]) - Number(a.get('_time')?.[0]))
  for (const { name, text } of commandsOf(expandMacros(search, options.macros))) {
    const command = commands[name]
    if (!command) throw new SyntaxError(`the command ${name} is not modelled`)
    rows = command(rows, text, options)
  }
  return rows
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')

function set(row: Row, name: string, value: Value): void {
  if (value === null) row.delete(name)
  else row.set(name, asTexts(value))
}

const commands: { readonly [name: string]: Run } = {
  search: (rows, text, { now, earliest, latest }) => {
    const times = new Map(
      [...text.matchAll(/\b(earliest|latest)=(\S+)/g)].map(([, end, time]) => [end, time]),
    )
    const from = relativeTime(now, times.get('earliest') ?? earliest ?? 'now')
    const to = relativeTime(now, times.get('latest') ?? latest ?? 'now')
    const fits = searchCondition(text.replaceAll(/\b(earliest|latest)=\S+/g, ''))
    const isWithin = (time: number) => time >= from && time < to
    return rows.filter((row) => isWithin(Number(row.get('_time')?.[0])) && fits(row))
  },
  regex: (rows, text) => {
    const [, name = '', flags, pattern] = /^([\w.]+)="(\(\?i\))?(.*)"$/.exec(text) ?? []
    if (pattern === undefined) throw new SyntaxError(`this regex is not modelled: ${text}`)
    const expression = new RegExp(pattern, flags ? 'i' : '')
    return rows.filter((row) => row.get(name)?.some((value) => expression.test(value)))
  },
  where: (rows, text, { now }) => rows.filter((fields) => evaluate(text, fields, now) === true),
  eval: (rows, text, { now }) => {
    for (const one of split(text, ',')) {
      const [, name = '', expression = ''] = /^\s*([\w.]+)\s*=\s*([\s\S]+)$/.exec(one) ?? []
      for (const fields of rows) set(fields, name, evaluate(expression, fields, now))
    }
    return rows
  },
  fieldformat: (rows) => rows,
  dedup: (rows, text) => {
    const seen = new Set<string>()
    return rows.filter((row) => {
      const value = row.get(text)?.join('\n')
      if (value === undefined || seen.has(value)) return false
      seen.add(value)
      return true
    })
  },
  sort: (rows, text) => {
    const limit = Number(/^\d+/.exec(text)?.[0] ?? 10_000)
    const keys = [...text.replace(/^\d+/, '').matchAll(/(-?)\s*([\w.]+)/g)]
    const sorted = rows.toSorted((a, b) => {
      for (const [, minus, name = ''] of keys) {
        const order = compare(a.get(name)?.[0] ?? '', b.get(name)?.[0] ?? '')
        if (order !== 0) return minus ? -order : order
      }
      return 0
    })
    return limit === 0 ? sorted : sorted.slice(0, limit)
  },
  table: (rows, text) => only(rows, words(text)),
  fields: (rows, text) => only(rows, words(text)),
  iplocation: (rows, text, { places = {} }) => {
    for (const row of rows) {
      for (const [name, value] of Object.entries(places[row.get(text)?.[0] ?? ''] ?? {}))
        set(row, name, value)
    }
    return rows
  },
  // In spans of a day, whatever the range.
  timechart: (rows, text, options) => {
    const days = rows.map((row) =>
      new Map(row).set('_time', [String(Math.floor(Number(row.get('_time')?.[0]) / 86_400) * 86_400)]),
    )
    return statistics(
      'stats',
      days,
      / by /.test(text) ? text.replace(/ by /, ' by _time ') : `${text} by _time`,
      options,
    )
  },
  geostats: (rows, text, options) => {
    const placed = rows.filter((row) => row.has('lat') && row.has('lon'))
    return statistics('stats', placed, text, options)
  },
  stats: (rows, text, options) => statistics('stats', rows, text, options),
  // Stands first, and sees no more than what is indexed.
  tstats: (rows, text, options) => {
    const [, functions = '', search = '', groups = ''] = /^(.+?)\swhere\s(.+)\sby\s(.+)$/.exec(text) ?? []
    const indexed = only(rows, ['_time', 'host', 'index', 'source', 'sourcetype'])
    return statistics(
      'stats',
      commands['search']?.(indexed, search, options) ?? [],
      `${functions} by ${groups}`,
      options,
    )
  },
  eventstats: (rows, text, options) => statistics('eventstats', rows, text, options),
  streamstats: (rows, text, options) => statistics('streamstats', rows, text, options),
}

function only(rows: readonly Row[], names: readonly string[]): Row[] {
  return rows.map(
    (row) => new Map(names.flatMap((name) => (row.has(name) ? [[name, row.get(name) ?? []]] : []))),
  )
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
