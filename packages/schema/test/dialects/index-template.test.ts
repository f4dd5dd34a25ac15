import { describe, expect, test } from 'vitest'
import type { EventContext } from '../../src/context/event-context.ts'
import { type EcsOptions, toEcs } from '../../src/dialects/ecs.ts'
import { type IndexTemplate, indexTemplate } from '../../src/dialects/index-template.ts'
import { toOcsf } from '../../src/dialects/ocsf.ts'
import { sectionFields } from '../../src/event/event-fields.ts'
import type { AuditLogEvent } from '../../src/index.ts'
import ecs from '../data/ecs-9.4.0.json' with { type: 'json' }
import older from '../data/ocsf-1.3.0.json' with { type: 'json' }
import newest from '../data/ocsf-1.8.0.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { fullContext } from '../support/full-context.ts'
import { holds } from '../support/holds.ts'
import { viewEvents } from '../support/view-events.ts'

interface Mapping {
  type?: string
  properties?: { [name: string]: Mapping }
}

/** The types of the fields of a template, by their paths. */
function typesOf({ template }: IndexTemplate): Map<string, string> {
  const flat = (mapping: Mapping, path: string): [string, string][] =>
    mapping.properties
      ? Object.entries(mapping.properties).flatMap(([name, one]) =>
          flat(one, path ? `${path}.${name}` : name),
        )
      : [[path, mapping.type!]]
  return new Map(flat(template.mappings as Mapping, ''))
}

/** The paths of the values in a document. A list counts as its members, as in the stores. `isLeaf` are not looked into. */
function pathsIn(document: object, isLeaf: (path: string) => boolean): Set<string> {
  const paths = new Set<string>()
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, path)
    else if (typeof value === 'object' && value !== null && !isLeaf(path))
      for (const [name, one] of Object.entries(value)) walk(one, path ? `${path}.${name}` : name)
    else paths.add(path)
  }
  walk(document, '')
  return paths
}

const context = (): EventContext => fullContext

/** Every field that Asana documents, and one that it does not. */
const everything = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_workspace_admin_role_changed',
  event_category: 'roles',
  ...Object.fromEntries(
    [...sectionFields].map(([section, fields]) => [
      section,
      Object.fromEntries([...fields].map(([name, { type }]) => [name, type === 'integer' ? 7 : name])),
    ]),
  ),
  details: { new_value: 'admin' },
  something_new: true,
} as unknown as AuditLogEvent

describe('the template for ECS', () => {
  const types = typesOf(indexTemplate('ecs'))

  test('has each field with the type that ECS gives it', () => {
    const fields = new Map(Object.entries(ecs.fields).map(([path, { type }]) => [path, type]))
    const known = [...types].filter(([path]) => !path.startsWith('asana.'))
    expect(known).toEqual(known.map(([path]) => [path, fields.get(path)]))
  })

  test('has every field of every document', () => {
    const missing = (document: object) =>
      [...pathsIn(document, (path) => path === 'source.geo.location')].filter((path) => !types.has(path))
    const options: EcsOptions = { workspace: '42', observedTimestamp: [1_767_323_050, 0], context }
    for (const [what, event] of viewEvents()) expect(missing(toEcs(event, options)), what).toEqual([])
    holds(arbitraryEvent, (event) => missing(toEcs(event, options)).length === 0)
  })

  test('has no field that is in no document, but for the marks', () => {
    const options: EcsOptions = { workspace: '42', observedTimestamp: [1_767_323_050, 0], context }
    const documents = [everything, ...[...viewEvents()].map(([, event]) => event)]
    const written = new Set(
      documents.flatMap((event) => [
        ...pathsIn(toEcs(event, options), (path) => path === 'source.geo.location'),
      ]),
    )
    expect([...types.keys()].filter((path) => !written.has(path))).toEqual([
      'asana.audit.repair',
      'asana.audit.replay',
    ])
  })

  test('has the marks of events that are sent again', () => {
    expect(types.get('asana.audit.replay')).toBe('boolean')
    expect(types.get('asana.audit.repair')).toBe('boolean')
  })

  test('takes details and what is not documented as text of any length', () => {
    expect(types.get('asana.audit.details')).toBe('match_only_text')
    expect(types.get('asana.audit.unmapped')).toBe('match_only_text')
  })
})

describe('the template for OCSF', () => {
  const types = typesOf(indexTemplate('ocsf'))

  test.each([
    ['1.8.0', newest],
    ['1.3.0', older],
  ] as const)('has every attribute of every event of %s, with a type for what it holds', (version, view) => {
    const isLeaf = (path: string) => path === 'unmapped'
    const seen = new Set<string>()
    for (const [what, event] of viewEvents()) {
      for (const hostProfile of [false, true]) {
        const options = { version, workspace: '42', observables: true, hostProfile, context } as const
        const whole = toOcsf(event, options)
        const paths = pathsIn(whole, isLeaf)
        expect(
          [...paths].filter((path) => !types.has(path)),
          what,
        ).toEqual([])
        for (const path of paths) seen.add(path)
      }
    }
    const isEnriched = (path: string) => path.startsWith('enrichments.data.')
    for (const path of seen)
      if (!isEnriched(path)) expect([path, types.get(path)]).toEqual([path, typeOf(path, view)])
    const enriched = new Map([...seen].filter(isEnriched).map((path) => [path, types.get(path)]))
    expect(enriched.size).toBe(20)
    expect([...enriched].filter(([, type]) => type !== 'keyword')).toEqual([
      ['enrichments.data.asana.audit.provenance.received_at', 'date'],
      ['enrichments.data.geo.location.lat', 'double'],
      ['enrichments.data.geo.location.lon', 'double'],
      ['enrichments.data.as.number', 'long'],
    ])
  })

  test('has no attribute that is in no event, but for the marks', () => {
    const common = { workspace: '42', observables: true, context } as const
    const forms = [
      { ...common, hostProfile: true },
      { ...common, version: '1.3.0' },
    ] as const
    const written = new Set<string>()
    for (const event of [everything, ...[...viewEvents()].map(([, one]) => one)]) {
      for (const form of forms)
        for (const path of pathsIn(toOcsf(event, form), (one) => one === 'unmapped')) written.add(path)
    }
    expect([...types.keys()].filter((path) => !written.has(path))).toEqual(['metadata.labels'])
  })

  test('has every attribute of generated events', () => {
    holds(arbitraryEvent, (event) =>
      [...pathsIn(toOcsf(event, { observables: true, context }), (path) => path === 'unmapped')].every(
        (path) => types.has(path),
      ),
    )
  })
})

test('another dialect is refused', () => {
  expect(() => indexTemplate('cim' as never)).toThrow('indexTemplate needs the dialect ecs or ocsf.')
})

interface View {
  readonly classes: { readonly [uid: string]: Shape }
  readonly objects: { readonly [name: string]: Shape }
}

interface Shape {
  readonly attributes: { readonly [name: string]: { readonly type: string } }
}

/** What a store needs for an attribute of OCSF; undefined if OCSF has no such attribute. */
function typeOf(path: string, { classes, objects }: View): string | undefined {
  if (path === 'message' || path === 'raw_data') return 'match_only_text'
  let shapes = Object.values(classes)
  let type = ''
  for (const name of path.split('.')) {
    const found = shapes.find(({ attributes }) => name in attributes)?.attributes[name]
    if (found === undefined) return undefined
    type = found.type
    shapes = type in objects ? [objects[type]!] : []
  }
  return storeTypes[type] ?? 'keyword'
}

const storeTypes: { readonly [type: string]: string } = {
  timestamp_t: 'date',
  ip_t: 'ip',
  integer_t: 'long',
  long_t: 'long',
  float_t: 'double',
  object: 'object',
}
