import { contextFields } from './context-fields.ts'
import { type FieldKinds, fieldsBelow } from './field-kind.ts'

/** Every attribute that `toOcsf` writes, in any class and version. */
export const ocsfFields: FieldKinds = {
  ...numbered(['category', 'class', 'type'], 'uid', 'name'),
  ...numbered(['activity'], 'id', 'name'),
  severity_id: 'long',
  severity: 'keyword',
  status_id: 'long',
  status: 'keyword',
  time: 'milliseconds',
  message: 'text',
  raw_data: 'text',
  ...fieldsBelow('metadata', ['version', 'log_name', 'uid', 'event_code', 'original_time', 'tenant_uid']),
  ...fieldsBelow('metadata', ['profiles', 'labels']),
  ...fieldsBelow('metadata.product', ['name', 'vendor_name']),
  'metadata.logged_time': 'milliseconds',
  ...fieldsBelow('metadata.loggers', ['name', 'version', 'uid']),
  'metadata.loggers.logged_time': 'milliseconds',
  ...fieldsBelow('actor', ['app_name']),
  ...user('actor.user'),
  ...user('user'),
  ...user('src_endpoint.owner'),
  'src_endpoint.ip': 'ip',
  ...fieldsBelow('src_endpoint.location', ['city', 'continent', 'country', 'postal_code', 'region']),
  ...fieldsBelow('src_endpoint.location', ['lat', 'long'], 'double'),
  'src_endpoint.autonomous_system.number': 'long',
  ...fieldsBelow('src_endpoint.autonomous_system', ['name']),
  ...fieldsBelow('enrichments', ['name', 'value', 'type']),
  ...below('enrichments.data', contextFields),
  ...fieldsBelow('http_request', ['user_agent']),
  ...fieldsBelow('service', ['name']),
  auth_protocol_id: 'long',
  auth_protocol: 'keyword',
  privileges: 'keyword',
  ...fieldsBelow('resources', ['name', 'uid', 'type']),
  // The name that 1.3 has for it.
  ...fieldsBelow('resource', ['name', 'uid', 'type']),
  ...fieldsBelow('web_resources', ['name', 'uid', 'type']),
  ...typed('entity', ['name', 'uid']),
  ...fieldsBelow('entity.org', ['name', 'uid']),
  ...fieldsBelow('group', ['name', 'uid']),
  ...typed('file', ['name', 'uid']),
  ...typed('observables', ['name', 'value']),
  unmapped: 'object',
}

/** Captions and their numbers: `class_name` and `class_uid`. */
function numbered(names: readonly string[], number: string, caption: string): FieldKinds {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name}_${number}`, 'long'],
      [`${name}_${caption}`, 'keyword'],
    ]),
  )
}

function typed(path: string, names: readonly string[]): FieldKinds {
  return { ...fieldsBelow(path, [...names, 'type']), [`${path}.type_id`]: 'long' }
}

function user(path: string): FieldKinds {
  return typed(path, ['uid', 'name', 'email_addr'])
}

function below(path: string, fields: FieldKinds): FieldKinds {
  return Object.fromEntries(Object.entries(fields).map(([name, kind]) => [`${path}.${name}`, kind]))
}
