import { parse } from 'yaml'
import * as z from 'zod'
import { destinationMaps, goodMapValues } from './destination/destination-map.ts'
import { destinationWords } from './destination/written-destination.ts'
import { fileSettings } from './file-document.ts'
import { goodAlarmValues } from './monitoring/alarm.ts'
import { goodValues } from './pipeline/pipeline-document.ts'
import { ownValue } from './yaml/own-value.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** What to write for the setting at a dotted path. */
type GoodValue = (path: string) => string | undefined

/**
 * JSON Schema for the settings file, made from what checks it: editors complete settings and mark wrong ones. It knows the form of each
 * value; `config check` knows the rest, such as files and settings that exclude each other.
 */
export function fileSchema(): Schema {
  const properties = Object.fromEntries(
    Object.entries(fileSettings).map(([name, { good, form }]) => [
      name,
      described(schemaOf(form), good, name),
    ]),
  )
  const { pipelines } = properties
  if (typeof pipelines?.items !== 'object' || Array.isArray(pipelines.items)) throw new Error('no list')
  withGoodValues(pipelines.items, (path) => ownValue(goodValues, path))
  if (properties['alarm']) withGoodValues(properties['alarm'], (path) => ownValue(goodAlarmValues, path))
  pipelines.items.properties = {
    ...pipelines.items.properties,
    to: described(destinations(), goodValues['to'], 'to'),
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of asana-audit',
    ...{ type: 'object', properties, required: ['pipelines'], additionalProperties: false },
  }
}

/** A destination, or a list of them. */
function destinations(): Schema {
  const maps = Object.entries(destinationMaps).map(([kind, form]): Schema => {
    const map = schemaOf(form)
    withGoodValues(map, (path) => ownValue(goodMapValues, path))
    // Everything may come from the environment, so a map may be empty.
    const properties = { [kind]: map.required ? map : { anyOf: [map, { type: 'null' as const }] } }
    return { type: 'object', properties, required: [kind], additionalProperties: false }
  })
  const words = schemaOf(z.union([z.enum(destinationWords), z.string().regex(/^(file|archive):./)]))
  const one: Schema = { anyOf: [words, ...maps] }
  return { anyOf: [one, { type: 'array', items: one, minItems: 1 }] }
}

/** Any setting may be written as an environment variable. */
const variable: Schema = { type: 'string', pattern: String.raw`\$\{\w+(:-[^}]*)?\}` }

function schemaOf(form: z.ZodType): Schema {
  // Draft 7 is what the language servers of editors know best.
  const { $schema, ...schema } = z.toJSONSchema(form, {
    io: 'input',
    target: 'draft-7',
    override({ jsonSchema }) {
      // zod adds this format of its own to a pattern. JSON Schema does not know it.
      if (jsonSchema.format === 'includes') delete jsonSchema.format
      if (!isRestricted(jsonSchema)) return
      const own = { ...jsonSchema }
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
      Object.assign(jsonSchema, { anyOf: [own, variable] })
    },
  })
  return schema as Schema
}

/** A single value that not every text fits. */
function isRestricted({ type, enum: words, pattern }: Schema): boolean {
  return type === 'integer' || type === 'number' || type === 'boolean' || !!words || pattern !== undefined
}

/** Adds to each property what a message about a wrong value says. */
function withGoodValues({ properties = {} }: Schema, goodValue: GoodValue, within = ''): void {
  for (const [name, property] of Object.entries(properties)) {
    if (typeof property !== 'object') continue
    const path = within + name
    properties[name] = described(property, goodValue(path), name)
    withGoodValues(properties[name], goodValue, `${path}.`)
    const { items } = property
    if (typeof items === 'object' && !Array.isArray(items)) withGoodValues(items, goodValue, `${path}.`)
  }
}

function described(schema: Schema, good: string | undefined, name: string): Schema {
  if (good === undefined) return schema
  const example = exampleIn(good, name, schema)
  return { description: good, ...schema, ...(example !== undefined && { examples: [example] }) }
}

/** The example that a sentence ends with. */
function exampleIn(good: string, name: string, schema: Schema): unknown {
  const written = /for example (.+?)(?:, (?:in|and|or) .*|\. .*|\.)?$/.exec(good)?.[1]
  if (written === undefined || (isText(schema) && !/[[{]|: /.test(written))) return written
  const value = parse(written) as unknown
  const isNamed = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isNamed ? (value as Record<string, unknown>)[name] : value
}

/** Of several forms, the first is the usual one. */
function isText({ type, anyOf: [first] = [] }: Schema): boolean {
  return typeof first === 'object' ? isText(first) : type === 'string'
}
