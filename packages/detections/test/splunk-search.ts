import type { AuditLogEvent } from '@asana-audit/schema'
import { evaluate } from '../../splunk-addon/test/splunk/eval.ts'
import { jsonFields } from '../../splunk-addon/test/splunk/json-fields.ts'
import { commandsOf, split } from '../../splunk-addon/test/splunk/pipeline.ts'
import { parseTimespan } from '../src/timespan.ts'
import { splunkCondition } from './splunk-condition.ts'

/** A result of a search: fields and their values, the time in seconds as `_time`. */
type Row = Map<string, readonly string[]>
type Command = (text: string, rows: readonly Row[]) => readonly Row[]

/**
 * What a search finds among events, by a model of the commands our searches use, made from Splunk's documentation: no Splunk runs
 * in these tests. A window of streamstats has the events up to its whole length old. Throws a SyntaxError for anything else.
 */
export function splunkSearch(search: string, events: readonly AuditLogEvent[]): readonly Row[] {
  const rows = events.map((event): Row => {
    const fields = jsonFields(JSON.stringify(event)) ?? new Map<string, string[]>()
    return new Map([...fields, ['_time', [String(Date.parse(event.created_at) / 1_000)]]])
  })
  return commandsOf(search.replace('`asana_audit` ', '')).reduce<readonly Row[]>((found, { name, text }) => {
    const command = commands[name]
    if (!command) throw new SyntaxError(`the command ${name} is not modelled`)
    return command(text, found)
  }, rows)
}

const commands: Readonly<Record<string, Command>> = {
  search(text, rows) {
    const matches = splunkCondition(text)
    return rows.filter(matches)
  },
  where: (text, rows) => rows.filter((row) => evaluate(text, row) === true),
  eval(text, rows) {
    const [, name, expression] = exact(/^(\w+)=(.+)$/s, text)
    return rows.map((row) => withValue(row, name, evaluate(expression, row)))
  },
  regex(text, rows) {
    const [, name, flags, pattern] = exact(/^([\w.]+)="(\(\?i\))?(.*)"$/, text)
    const expression = new RegExp(pattern, flags ? 'i' : '')
    return rows.filter((row) => row.get(name)?.some((value) => expression.test(value)))
  },
  dedup(text, rows) {
    const seen = new Set<string>()
    return rows.filter((row) => {
      const key = keyOf(row, text)
      if (key === undefined || seen.has(key)) return false
      seen.add(key)
      return true
    })
  },
  sort(text, rows) {
    if (text !== '0 _time, gid') throw new SyntaxError(`this order is not modelled: ${text}`)
    const order = (row: Row): [number, string] => [timeOf(row), row.get('gid')?.[0] ?? '']
    return rows.toSorted((a, b) => order(a)[0] - order(b)[0] || (order(a)[1] < order(b)[1] ? -1 : 1))
  },
  streamstats(text, rows) {
    const [, span, functions, by] = exact(/^time_window=(\w+) (.+) by (.+)$/, text)
    const seconds = (parseTimespan(span) ?? Number.NaN) / 1_000
    const [, call, name] = exact(/^(.+) as (\w+)$/, functions)
    const done: Row[] = []
    for (const row of rows) {
      const key = keyOf(row, by)
      const window = [...done, row].filter(
        // Times are read as milliseconds: a difference of fractions is not exact.
        (other) =>
          Math.round((timeOf(row) - timeOf(other)) * 1_000) <= seconds * 1_000 && keyOf(other, by) === key,
      )
      done.push(key === undefined ? row : withValue(row, name, aggregate(call, window)))
    }
    return done
  },
}

function aggregate(call: string, window: readonly Row[]): number {
  if (call === 'count') return window.length
  const [, name, argument] = exact(/^(count|dc)\((.+)\)$/, call)
  const inner = /^eval\((.+)\)$/.exec(argument)?.[1]
  if (inner !== undefined) return window.filter((row) => evaluate(inner, row) === true).length
  const values = window.flatMap((row) => row.get(argument) ?? [])
  return name === 'dc' ? new Set(values).size : values.length
}

function exact(pattern: RegExp, text: string): [string, string, string, string] {
  const match = pattern.exec(text)
  if (!match) throw new SyntaxError(`not modelled: ${text}`)
  return match as unknown as [string, string, string, string]
}

/** Undefined where a field is missing: Splunk leaves such rows out of groups. */
function keyOf(row: Row, fields: string): string | undefined {
  const values = split(fields, ' ').map((name) => row.get(name.replace(/,$/, '')))
  return values.includes(undefined) ? undefined : JSON.stringify(values)
}

function timeOf(row: Row): number {
  return Number(row.get('_time')?.[0])
}

function withValue(row: Row, name: string, value: ReturnType<typeof evaluate>): Row {
  const copy = new Map(row)
  if (value === null) copy.delete(name)
  else copy.set(name, [value].flat().map(String))
  return copy
}
