import type { OcsfVersion } from '../../../src/dialects/ocsf.ts'
import older from '../../data/ocsf-1.3.0.json' with { type: 'json' }
import newest from '../../data/ocsf-1.8.0.json' with { type: 'json' }

// The problems of an event by the rules of OCSF: required attributes, types, enumerations, constraints (these classes and objects
// have only at_least_one), attributes that the class or object does not have, and captions that do not belong to their numbers.

interface Attribute {
  type: string
  requirement: string
  array?: boolean
  enum?: { [value: string]: string }
}

interface Shape {
  attributes: { [name: string]: Attribute }
  constraints?: { at_least_one: string[] }
}

interface Type {
  type?: string
  regex?: string
  max_len?: number
  range?: number[]
  values?: unknown[]
}

interface View {
  types: { [name: string]: Type }
  objects: { [name: string]: Shape }
  profiles: { [name: string]: Shape['attributes'] }
  classes: { [uid: string]: Shape & { caption: string; category_uid: number } }
}

const views: Readonly<Record<OcsfVersion, View>> = { '1.3.0': older, '1.8.0': newest }

/** Of the version that the event in question is to have. */
let { types, objects, profiles, classes } = views['1.8.0']

/** One line for each problem, with the path of the attribute; none for a valid event. */
export function ocsfProblems(event: unknown, version: OcsfVersion = '1.8.0'): string[] {
  ;({ types, objects, profiles, classes } = views[version])
  if (!isObject(event)) return ['is no object']
  const found = classes[String(event['class_uid'])]
  if (!found || typeof event['class_uid'] !== 'number') return ['class_uid: no class of the view']
  const { profiles: applied = [] } = (event['metadata'] ?? {}) as { profiles?: string | string[] }
  const added = [applied].flat().map((profile) => profiles[profile] ?? {})
  const attributes = Object.assign({}, ...added, found.attributes) as Shape['attributes']
  return [...objectProblems(event, { ...found, attributes }, ''), ...numberProblems(event, found)]
}

/** The numbers that follow from the class and the activity, and their captions. */
function numberProblems(event: Record<string, unknown>, { caption, category_uid }: (typeof classes)[string]) {
  const follows: [string, unknown][] = [
    ['category_uid', category_uid],
    ['class_name', caption],
    ['type_uid', Number(event['class_uid']) * 100 + Number(event['activity_id'])],
    ['type_name', `${caption}: ${String(event['activity_name'])}`],
  ]
  return follows
    .filter(([name, value]) => event[name] !== undefined && event[name] !== value)
    .map(([name, value]) => `${name}: not ${String(value)}`)
}

function objectProblems(value: Record<string, unknown>, shape: Shape, path: string): string[] {
  const some = shape.constraints?.at_least_one
  return [
    ...Object.entries(shape.attributes)
      .filter(([name, { requirement }]) => requirement === 'required' && value[name] === undefined)
      .map(([name]) => `${path}${name}: required`),
    ...(some?.every((name) => value[name] === undefined) ? [`${path}: none of ${some.join(', ')}`] : []),
    ...Object.entries(value).flatMap(([name, member]) => {
      const attribute = Object.hasOwn(shape.attributes, name) ? shape.attributes[name] : undefined
      if (!attribute) return [`${path}${name}: unknown`]
      return [
        ...attributeProblems(member, attribute, `${path}${name}`),
        ...captionProblems(value, name, attribute, path),
      ]
    }),
  ]
}

function attributeProblems(value: unknown, attribute: Attribute, path: string): string[] {
  if (!attribute.array) return valueProblems(value, attribute, path)
  if (!Array.isArray(value)) return [`${path}: no list`]
  return value.flatMap((item, index) => valueProblems(item, attribute, `${path}[${index}]`))
}

function valueProblems(value: unknown, attribute: Attribute, path: string): string[] {
  if (attribute.enum && !Object.hasOwn(attribute.enum, String(value))) return [`${path}: not in the list`]
  if (attribute.type in types) return typeProblems(value, attribute.type, path)
  if (!isObject(value)) return [`${path}: no object`]
  // Only the object without attributes of its own may have any attribute.
  if (attribute.type === 'object') return []
  const shape = objects[attribute.type]
  return shape ? objectProblems(value, shape, `${path}.`) : [`${path}: no object of the view`]
}

const patterns = new Map(
  Object.entries({ ...views['1.3.0'].types, ...views['1.8.0'].types }).flatMap(
    ([name, { regex }]): [string, RegExp][] => (regex ? [[name, new RegExp(regex)]] : []),
  ),
)

const holds: { [type: string]: (value: unknown) => boolean } = {
  boolean_t: (value) => typeof value === 'boolean',
  float_t: (value) => typeof value === 'number',
  integer_t: Number.isSafeInteger,
  json_t: (value) => value !== undefined,
  long_t: Number.isSafeInteger,
  string_t: (value) => typeof value === 'string',
}

function typeProblems(value: unknown, name: string, path: string): string[] {
  const { type = name, max_len: longest = Number.POSITIVE_INFINITY, range } = types[name] ?? {}
  if (!holds[type]?.(value)) return [`${path}: no ${name}`]
  if (typeof value === 'string' && (value.length > longest || patterns.get(name)?.test(value) === false)) {
    return [`${path}: no ${name}`]
  }
  const [low = -Infinity, high = Infinity] = range ?? []
  return typeof value === 'number' && (value < low || value > high) ? [`${path}: no ${name}`] : []
}

/** `status` is the caption of `status_id`, `activity_name` that of `activity_id`. 0 and 99 may have other captions. */
function captionProblems(value: Record<string, unknown>, name: string, attribute: Attribute, path: string) {
  const stem = /^(.*)_id$/.exec(name)?.[1]
  const caption = stem && (value[stem] ?? value[`${stem}_name`])
  if (!caption || !attribute.enum) return []
  const number = String(value[name])
  if (number === '0' || number === '99') return []
  return caption === attribute.enum[number] ? [] : [`${path}${name}: not called ${String(caption)}`]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
