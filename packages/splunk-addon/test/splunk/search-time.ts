import { type Conf, parseConf } from '../../src/conf.ts'
import { parseCsv } from './csv-reader.ts'
import { evaluate } from './eval.ts'
import { matchesSearch } from './event-search.ts'
import { asTexts, type Fields, type Value } from './fields.ts'
import { jsonFields } from './json-fields.ts'
import { wildcard } from './wildcard.ts'

/** An event as HEC has indexed it. */
export interface IndexedEvent {
  readonly raw: string
  readonly host: string
  readonly source: string
  readonly sourcetype: string
  readonly time: number
  /** The envelope's `fields`. */
  readonly indexed: Readonly<Record<string, unknown>>
}

type Mutable = Map<string, readonly string[]>

/**
 * A model of how Splunk gives fields to an event in a search, one step after another: indexed fields, KV_MODE,
 * FIELDALIAS, EVAL (all at once), LOOKUP, event types, tags. From Splunk's documentation of the order of search-time
 * operations; it knows the settings that the add-on uses, and throws for others.
 */
export class SearchTime {
  readonly #lookups: ReadonlyMap<string, readonly Record<string, string>[]>
  readonly #props: Conf
  readonly #transforms: Conf
  readonly #eventtypes: Conf
  readonly #tags: Conf

  constructor(files: ReadonlyMap<string, string>) {
    const conf = (name: string) => parseConf(files.get(`default/${name}.conf`) ?? '')
    const lookups = [...files].filter(([path]) => path.startsWith('lookups/'))
    this.#lookups = new Map(lookups.map(([path, text]) => [path.slice('lookups/'.length), parseCsv(text)]))
    this.#props = conf('props')
    this.#transforms = conf('transforms')
    this.#eventtypes = conf('eventtypes')
    this.#tags = conf('tags')
  }

  fields(event: IndexedEvent): Fields {
    const fields: Mutable = new Map([
      ['_time', [String(event.time)]],
      ['_raw', [event.raw]],
      ['host', [event.host]],
      ['source', [event.source]],
      ['sourcetype', [event.sourcetype]],
      ['index', ['main']],
      ['_indextime', [String(event.time)]],
    ])
    for (const [name, value] of Object.entries(event.indexed)) fields.set(name, [value].flat().map(String))
    const settings = this.#props.get(event.sourcetype)
    if (!settings) return fields
    const of = (kind: string) =>
      [...settings].filter(([name]) => name.startsWith(kind)).sort(([a], [b]) => (a < b ? -1 : 1))
    if (settings.get('KV_MODE') !== 'json') throw new Error('KV_MODE is not modelled')
    // A name that is indexed and extracted, too, has both values.
    for (const [name, values] of jsonFields(event.raw) ?? [])
      fields.set(name, [...(fields.get(name) ?? []), ...values])
    for (const [, alias] of of('FIELDALIAS-')) applyAlias(alias, fields)
    const evals = of('EVAL-').map(
      ([name, text]) => [name.slice('EVAL-'.length), evaluate(text, fields)] as const,
    )
    for (const [name, value] of evals) setField(fields, name, value)
    for (const [, lookup] of of('LOOKUP-')) this.#applyLookup(lookup, fields)
    const types = [...this.#eventtypes].filter(([, type]) => isType(type, fields))
    fields.set(
      'eventtype',
      types.map(([name]) => name),
    )
    fields.set('tag', [...new Set(types.flatMap(([name]) => this.#tagsOf(name)))].sort())
    return fields
  }

  #tagsOf(eventtype: string): string[] {
    const tags = this.#tags.get(`eventtype=${eventtype}`) ?? new Map<string, string>()
    return [...tags].filter(([, state]) => state === 'enabled').map(([tag]) => tag)
  }

  #applyLookup(setting: string, fields: Mutable): void {
    const [, transform = '', input = '', mode, outputs = ''] =
      /^(\w+) (\w+) (OUTPUT|OUTPUTNEW) (.+)$/.exec(setting) ?? []
    const definition = this.#transforms.get(transform)
    if (definition?.get('match_type') !== `WILDCARD(${input})` || definition.get('max_matches') !== '1')
      throw new Error(`the lookup ${transform} is not modelled`)
    const value = fields.get(input)?.[0]
    if (value === undefined) return
    const rows = this.#lookups.get(definition.get('filename') ?? '')
    const row = rows?.find((one) => wildcard(one[input] ?? '').test(value))
    if (!row) return
    for (const [, column = '', name = column] of outputs.matchAll(/(\w+)(?: AS (\w+))?/g)) {
      if (!(column in row)) throw new Error(`the lookup has no column ${column}`)
      if (mode === 'OUTPUTNEW' && fields.has(name)) continue
      setField(fields, name, row[column] === '' ? null : (row[column] as string))
    }
  }
}

function isType(type: ReadonlyMap<string, string>, fields: Fields): boolean {
  return matchesSearch(type.get('search') ?? '', fields)
}

function setField(fields: Mutable, name: string, value: Value): void {
  if (value === null) fields.delete(name)
  else fields.set(name, asTexts(value))
}

/** AS takes the alias away where there is no such field; ASNEW leaves alone what is there. */
function applyAlias(setting: string, fields: Mutable): void {
  const [, from = '', how, to = ''] = /^"(.+)" (AS|ASNEW) "(.+)"$/.exec(setting) ?? []
  const values = fields.get(from)
  if (how === undefined) throw new Error(`no alias: ${setting}`)
  if (how === 'ASNEW' && fields.has(to)) return
  if (values) fields.set(to, values)
  else fields.delete(to)
}
