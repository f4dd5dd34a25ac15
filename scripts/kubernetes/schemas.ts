import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Schema {
  $ref?: string
  type?: unknown
  format?: string
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  [more: string]: unknown
}

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The definition of ServiceMonitor, by its path in the sources of the Prometheus Operator, for a server. */
export const serviceMonitorDefinition =
  'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml'

/**
 * JSON Schemas by the names of files that kubeconform asks for, such as `statefulset-apps-v1.json`: of every kind in Kubernetes' own
 * OpenAPI file, and of the kinds that the Prometheus Operator adds. Each is strict: an unknown field is wrong.
 */
export function schemasByFile(kubernetes: string, prometheusOperator: string): Map<string, string> {
  return new Map([...ownKinds(kubernetes), ...addedKinds(prometheusOperator)])
}

function* ownKinds(folder: string): Generator<[string, string]> {
  const text = readFileSync(join(folder, 'api/openapi-spec/swagger.json'), 'utf8')
  const { definitions } = JSON.parse(text) as { definitions: Record<string, Schema> }
  for (const schema of Object.values(definitions)) strict(schema)
  for (const [name, schema] of Object.entries(definitions)) {
    const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as readonly Kind[]
    // Lists of kinds, and parts of requests that belong to every group, are in no manifest.
    const [kind, ...more] = kinds
    if (!kind || more.length > 0) continue
    const needed = Object.fromEntries(reachable(name, definitions))
    yield [fileOf(kind), JSON.stringify({ $ref: `#/definitions/${name}`, definitions: needed })]
  }
}

function* addedKinds(folder: string): Generator<[string, string]> {
  const { spec } = parse(readFileSync(join(folder, serviceMonitorDefinition), 'utf8')) as {
    spec: {
      group: string
      names: { kind: string }
      versions: readonly { name: string; schema: { openAPIV3Schema: Schema } }[]
    }
  }
  for (const { name, schema } of spec.versions) {
    strict(schema.openAPIV3Schema)
    // The server knows these fields of every kind; here the definition leaves them open.
    schema.openAPIV3Schema.properties = {
      ...schema.openAPIV3Schema.properties,
      metadata: { type: 'object' },
    }
    const kind = { group: spec.group, version: name, kind: spec.names.kind }
    yield [fileOf(kind), JSON.stringify(schema.openAPIV3Schema)]
  }
}

/** As kubeconform builds it of `{{.ResourceKind}}{{.KindSuffix}}`: of the group only the first part. */
function fileOf({ group, version, kind }: Kind): string {
  const [first = ''] = group.split('.')
  return `${[kind, first, version]
    .filter((part) => part !== '')
    .join('-')
    .toLowerCase()}.json`
}

/** The definition of a name and all that it refers to. */
function reachable(
  name: string,
  definitions: Readonly<Record<string, Schema>>,
  found: Map<string, Schema> = new Map(),
): Map<string, Schema> {
  const schema = definitions[name]
  if (!schema) throw new Error(`Kubernetes' OpenAPI file has no ${name}.`)
  if (found.has(name)) return found
  found.set(name, schema)
  for (const [, other = ''] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) {
    reachable(other, definitions, found)
  }
  return found
}

/** Refuses fields that are not named, and takes numbers where OpenAPI says so by a format of its own. */
function strict(schema: Schema): void {
  const { format, properties, items, additionalProperties: others } = schema
  if (format === 'int-or-string' || schema['x-kubernetes-int-or-string']) {
    schema.type = ['string', 'integer']
    delete schema.format
  }
  if (properties) {
    schema.additionalProperties ??= false
    for (const one of Object.values(properties)) strict(one)
  }
  if (items) strict(items)
  if (typeof others === 'object') strict(others)
}
