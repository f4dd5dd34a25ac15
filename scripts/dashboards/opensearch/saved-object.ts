type ObjectType = 'index-pattern' | 'visualization' | 'search' | 'dashboard'

export interface SavedObject {
  readonly type: ObjectType
  readonly id: string
  readonly attributes: { readonly [name: string]: unknown }
  readonly references: readonly Reference[]
  readonly migrationVersion: object
}

interface Reference {
  readonly name: string
  readonly type: ObjectType
  readonly id: string
}

/** The form each type has had since, which OpenSearch Dashboards 2.x writes itself. Without it, the objects are taken for older ones. */
const forms: { readonly [T in ObjectType]: string } = {
  'index-pattern': '7.6.0',
  visualization: '7.10.0',
  search: '7.9.3',
  dashboard: '7.9.3',
}

export function savedObject(
  type: ObjectType,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return { type, id, attributes, references, migrationVersion: { [type]: forms[type] } }
}
