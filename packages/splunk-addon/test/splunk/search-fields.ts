import type { Conf } from '../../src/conf.ts'
import { fieldsOf, parseEval } from './eval-parser.ts'
import { type Command, commandsOf, expandMacros, split } from './pipeline.ts'
import { parseStatistics } from './statistics-text.ts'

/**
 * The fields a search reads that it cannot have: neither `given`, those of the events, nor made by a command before.
 * Throws a SyntaxError for a command or a form of one that is not modelled, so that none goes unread.
 */
export function missingFields(search: string, given: ReadonlySet<string>, macros: Conf): string[] {
  const missing: string[] = []
  let present: ReadonlySet<string> = given
  for (const command of commandsOf(expandMacros(search, macros))) {
    const read = commands[command.name]
    if (!read) throw new SyntaxError(`the command ${command.name} is not modelled`)
    const { reads, makes = [], only } = read(command.text)
    missing.push(...reads.filter((name) => !present.has(name)).map((name) => `${name} in ${text(command)}`))
    present = new Set([...(only ?? present), ...makes])
  }
  return missing
}

interface Effect {
  readonly reads: readonly string[]
  readonly makes?: readonly string[]
  /** What is left of the fields, where not all are. */
  readonly only?: readonly string[]
}

const text = ({ name, text }: Command): string => `${name} ${text}`
const words = (list: string): string[] => list.split(/[\s,]+/).filter((word) => word !== '')
const evalReads = (expression: string): string[] => [...fieldsOf(parseEval(expression))]

/** What every event has, and what a search for events may say beside fields. */
const ofSearch = new Set(['earliest', 'latest', 'index', 'sourcetype', 'source', 'host'])

const commands: { readonly [name: string]: (text: string) => Effect } = {
  search: (text) => ({ reads: comparedFields(text) }),
  where: (text) => ({ reads: evalReads(text) }),
  regex: (text) => ({ reads: [/^([\w.]+)="/.exec(text)?.[1] ?? '_raw'] }),
  eval: (text) => {
    const assignments = split(text, ',').map((one) => assignment(one))
    const made = new Set<string>()
    const reads = assignments.flatMap(({ name, expression }) => {
      const read = evalReads(expression).filter((field) => !made.has(field))
      made.add(name)
      return read
    })
    return { reads, makes: [...made] }
  },
  fieldformat: (text) => {
    const { name, expression } = assignment(text)
    return { reads: [name, ...evalReads(expression)] }
  },
  stats: (text) => aggregate(text, { replaces: true }),
  eventstats: (text) => aggregate(text, {}),
  streamstats: (text) => aggregate(text, {}),
  timechart: (text) => aggregate(text, { replaces: true, makes: ['_time'] }),
  geostats: (text) => {
    const { reads, only = [] } = aggregate(text, { replaces: true })
    return { reads: [...reads, 'lat', 'lon'], only }
  },
  tstats: (text) => {
    const [, functions = '', search = '', groups = ''] = /^(.+?)\swhere\s(.+)\sby\s(.+)$/.exec(text) ?? []
    const { reads, only = [] } = aggregate(`${functions} by ${groups}`, { replaces: true })
    return { reads: [...reads, ...comparedFields(search)], only }
  },
  table: (text) => ({ reads: words(text), only: words(text) }),
  fields: (text) => ({ reads: words(text), only: words(text) }),
  dedup: (text) => ({ reads: words(text) }),
  sort: (text) => ({
    reads: words(text.replace(/^\d+/, ''))
      .map((word) => word.replace(/^[-+]/, ''))
      .filter(Boolean),
  }),
  iplocation: (text) => ({ reads: [text], makes: ['City', 'Country', 'Region', 'lat', 'lon'] }),
}

function assignment(text: string): { name: string; expression: string } {
  const [, name, expression] = /^\s*([\w.]+)\s*=\s*([\s\S]+)$/.exec(text) ?? []
  if (!name || !expression) throw new SyntaxError(`no assignment: ${text}`)
  return { name, expression }
}

/** `name=value`, `name IN (…)`; a word or a text alone names no field. */
function comparedFields(search: string): string[] {
  const compared = [...search.matchAll(/"(?:[^"\\]|\\.)*"|([\w.{}]+)\s*(?:!=|<=|>=|=|<|>|\sIN\s*\()/g)]
  return compared.map(([, name]) => name).filter((name): name is string => !!name && !ofSearch.has(name))
}

function aggregate(text: string, effect: { replaces?: boolean; makes?: string[] }): Effect {
  const { statistics, by } = parseStatistics(text)
  const of = statistics.flatMap(({ of, isEval }) => (of === undefined ? [] : isEval ? evalReads(of) : [of]))
  const reads = [...by, ...of]
  const makes = [...statistics.map(({ name }) => name), ...(effect.makes ?? [])]
  return effect.replaces ? { reads, only: [...by, ...makes] } : { reads, makes }
}
