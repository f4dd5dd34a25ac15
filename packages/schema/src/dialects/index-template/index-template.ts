import { ecsFields } from './ecs-fields.ts'
import { type FieldKinds, type FieldMapping, fieldMappings } from './field-kind.ts'
import { ocsfFields } from './ocsf-fields.ts'

/** The body of the request that makes an index template: `PUT _index_template/NAME`. */
export interface IndexTemplate {
  index_patterns: string[]
  /** Above the templates that the stores and their plugins bring. */
  priority: number
  template: { mappings: { dynamic: false } & Properties }
  _meta: { description: string }
}

export interface Properties {
  properties: { [name: string]: FieldMapping | Properties }
}

const fields = { ecs: ecsFields, ocsf: ocsfFields } as const

/**
 * The index template of OpenSearch and Elasticsearch for events in a dialect. An index that has it takes every event. What has no type in it
 * stays in the document, and is not searched. Throws a TypeError for another dialect.
 */
export function indexTemplate(dialect: 'ecs' | 'ocsf'): IndexTemplate {
  if (!Object.hasOwn(fields, dialect)) throw new TypeError('indexTemplate needs the dialect ecs or ocsf.')
  return {
    index_patterns: [`asana-audit-${dialect}*`],
    priority: 500,
    template: { mappings: { dynamic: false, ...propertiesOf(fields[dialect]) } },
    _meta: { description: `Asana's audit log in ${dialect.toUpperCase()}, by asana-audit schema` },
  }
}

/** `{ 'a.b': 'keyword' }` as the properties of `a`, which has the property `b`. No path may be the beginning of another. */
function propertiesOf(fields: FieldKinds): Properties {
  const root: Properties = { properties: {} }
  for (const [path, kind] of Object.entries(fields)) {
    const names = path.split('.')
    let parent = root
    for (const name of names.slice(0, -1)) {
      parent.properties[name] ??= { properties: {} }
      parent = parent.properties[name] as Properties
    }
    parent.properties[names.at(-1)!] = fieldMappings[kind]
  }
  return root
}
