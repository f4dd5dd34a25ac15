import { type Column, integer, list, long, record, text, time } from '../parquet/columns.ts'
import type { OcsfRow } from './stored-row.ts'

type Elements = Column<OcsfRow>['elements']

/** The classes of OCSF 1.3 that events become. 0 is the base event. */
export const ocsfClasses = [0, 3001, 3002, 3004, 3005, 6001, 6006] as const
export type OcsfClass = (typeof ocsfClasses)[number]

const user = (name: string): Elements =>
  record(name, text('uid'), text('name'), text('email_addr'), integer('type_id'), text('type'))
const nameAndUid = [text('name'), text('uid')] as const

const common: readonly Elements[] = [
  ...[integer('activity_id', 'REQUIRED'), text('activity_name')],
  ...[integer('category_uid', 'REQUIRED'), text('category_name')],
  ...[integer('class_uid', 'REQUIRED'), text('class_name'), text('message')],
  record(
    'metadata',
    ...[text('version'), record('product', text('name'), text('vendor_name')), text('log_name'), text('uid')],
    ...[text('event_code'), text('original_time'), text('tenant_uid'), list('profiles', text)],
  ),
  ...[integer('severity_id', 'REQUIRED'), text('severity'), integer('status_id'), text('status')],
  // Milliseconds since 1970, as OCSF has it, and the same as a timestamp with the microseconds.
  ...[long('time', 'REQUIRED'), time('time_dt', 'REQUIRED')],
  ...[long('type_uid', 'REQUIRED'), text('type_name')],
  // A record in OCSF; here its JSON text, so that new fields of Asana change no column.
  text('unmapped'),
]
const actor = record('actor', user('user'), text('app_name'))
const source = record('src_endpoint', text('ip'), user('owner'))
const request = record('http_request', text('user_agent'))
const iam = [actor, source, request] as const

const own: Readonly<Record<OcsfClass, readonly Elements[]>> = {
  0: [],
  3001: [...iam, user('user')],
  3002: [
    ...[...iam, user('user'), record('service', text('name'))],
    ...[integer('auth_protocol_id'), text('auth_protocol')],
  ],
  3004: [
    ...iam,
    record('entity', ...nameAndUid, integer('type_id'), text('type'), record('org', ...nameAndUid)),
  ],
  3005: [
    ...[...iam, user('user'), list('privileges', text)],
    record('resource', ...nameAndUid, text('type')),
  ],
  6001: [...iam, list('web_resources', (name) => record(name, ...nameAndUid, text('type')))],
  6006: [actor, source, record('file', ...nameAndUid, integer('type_id'), text('type'))],
}

/** The columns of a class. They never follow from the events. */
export function ocsfColumns(classUid: OcsfClass): readonly Column<OcsfRow>[] {
  return [...common, ...own[classUid]].map((elements) => ({
    elements,
    value: ({ ocsf }) => ocsf[elements[0].name] as ReturnType<Column<OcsfRow>['value']>,
  }))
}
