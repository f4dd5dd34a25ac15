import { describe, expect, test } from 'vitest'
import { asimProblems } from './asim-problems.ts'

// The validator of the other tests must itself be tested: one that accepts everything proves nothing.

const common = {
  TimeGenerated: '2026-01-02T03:04:05.6789123Z',
  EventStartTime: '2026-01-02T03:04:05Z',
  EventEndTime: '2026-01-02T03:04:05.678Z',
  EventCount: 1,
  EventResult: 'Success',
  EventSeverity: 'High',
  EventVendor: 'Asana',
  EventProduct: 'Asana',
  Dvc: 'Asana',
  ActorUserId: '7',
  ActorUserIdType: 'Other',
  ActorUsername: 'ada@example.com',
  ActorUsernameType: 'UPN',
  ActorUserType: 'Regular',
  SrcIpAddr: '192.0.2.7',
  Src: '192.0.2.7',
  IpAddr: '192.0.2.7',
  AdditionalFields: { 'asana.audit.gid': '1' },
}

const good: { readonly [schema: string]: Record<string, unknown> } = {
  AuditEvent: {
    ...common,
    EventSchema: 'AuditEvent',
    EventSchemaVersion: '0.1.2',
    EventType: 'Set',
    User: 'ada@example.com',
    Operation: 'workspace_saml_settings_changed',
    Object: 'saml_settings',
    ObjectType: 'Configuration Atom',
    OldValue: 'required',
    NewValue: 'optional',
    Value: 'optional',
    ValueType: 'Other',
    TargetAppName: 'Asana',
    TargetAppType: 'SaaS application',
    Application: 'Asana',
    Dst: 'Asana',
  },
  Authentication: {
    ...common,
    EventSchema: 'Authentication',
    EventSchemaVersion: '0.1.4',
    EventType: 'Logon',
    EventResult: 'Failure',
    EventResultDetails: 'Other',
    TargetUserId: '7',
    TargetUserIdType: 'Other',
    User: '7',
    LogonProtocol: 'SAML',
  },
  UserManagement: {
    ...common,
    EventSchema: 'UserManagement',
    EventSchemaVersion: '0.1.2',
    EventType: 'UserModified',
    User: 'ada@example.com',
    TargetUsername: 'Bo',
    TargetUsernameType: 'Simple',
    NewPropertyValue: 'super_admin',
  },
}

test.each(Object.keys(good))('a good event of %s has no problems', (schema) => {
  expect(asimProblems(good[schema])).toEqual([])
})

const mandatory = [
  ...['TimeGenerated', 'EventStartTime', 'EventEndTime', 'EventCount', 'EventType', 'EventResult', 'Dvc'],
  ...['EventSchema', 'EventSchemaVersion', 'EventVendor', 'EventProduct'],
]

const wrong: [schema: string, column: string, value: unknown][] = [
  ...mandatory.map((name): [string, string, unknown] => ['AuditEvent', name, undefined]),
  ['AuditEvent', 'Operation', undefined],
  ['AuditEvent', 'Object', undefined],
  ['UserManagement', 'ActorUsername', undefined],
  ['UserManagement', 'EventSeverity', undefined],
  ['AuditEvent', 'EventSchema', 'NetworkSession'],
  ['AuditEvent', 'EventSchemaVersion', '0.1.4'],
  ['AuditEvent', 'EventType', 'Logon'],
  ['Authentication', 'EventType', 'Set'],
  ['UserManagement', 'EventType', 'Create'],
  ['AuditEvent', 'EventResult', 'success'],
  ['AuditEvent', 'EventSeverity', 'Critical'],
  ['Authentication', 'EventResultDetails', 'Refused'],
  ['UserManagement', 'ActorUserType', 'Service'],
  ['AuditEvent', 'ActorUserType', 'Service Principal'],
  ['AuditEvent', 'ActorUserIdType', 'AsanaId'],
  ['AuditEvent', 'ActorUserIdType', undefined],
  ['AuditEvent', 'ActorUserId', undefined],
  ['AuditEvent', 'ActorUsernameType', undefined],
  ['AuditEvent', 'ActorUsernameType', 'Email'],
  ['AuditEvent', 'ObjectType', 'Project'],
  ['AuditEvent', 'ObjectType', undefined],
  ['AuditEvent', 'TargetAppType', undefined],
  ['AuditEvent', 'ValueType', undefined],
  ['AuditEvent', 'Value', 'required'],
  ['AuditEvent', 'User', 'bo@example.com'],
  ['Authentication', 'User', 'ada@example.com'],
  ['AuditEvent', 'IpAddr', '192.0.2.8'],
  ['AuditEvent', 'Src', '192.0.2.8'],
  ['AuditEvent', 'Dst', 'app.asana.com'],
  ['AuditEvent', 'Dvc', 'app.asana.com'],
  ['AuditEvent', 'Application', 'asana'],
  ['AuditEvent', 'SrcIpAddr', '192.0.2.7:443'],
  ['AuditEvent', 'SrcIpAddr', 'unknown'],
  ['AuditEvent', 'EventCount', '1'],
  ['AuditEvent', 'EventCount', 1.5],
  ['AuditEvent', 'EventCount', 2 ** 31],
  ['AuditEvent', 'TimeGenerated', '2026-01-02T03:04:05.12345678Z'],
  ['AuditEvent', 'TimeGenerated', '2026-02-30T00:00:00Z'],
  ['AuditEvent', 'TimeGenerated', '2026-01-02 03:04:05'],
  ['AuditEvent', 'TimeGenerated', 1_767_323_045],
  ['AuditEvent', 'NewValue', { a: 1 }],
  ['AuditEvent', 'NewValue', ''],
  ['AuditEvent', 'NewValue', null],
  ['AuditEvent', 'NewValue', 'half a \ud800 pair'],
  ['AuditEvent', 'AdditionalFields', '{}'],
  ['AuditEvent', 'AdditionalFields', ['a']],
  ['AuditEvent', 'AdditionalFields', { a: '\ud800' }],
  ['AuditEvent', 'AdditionalFields', { a: { b: 1 } }],
  ['AuditEvent', 'GroupName', 'Ops'],
  ['UserManagement', 'TargetAppName', 'Asana'],
  ['AuditEvent', 'event_type', 'x'],
  ['AuditEvent', 'operation', 'x'],
]

describe('an event with one thing wrong is refused', () => {
  test.each(wrong)('%s: %s = %j', (schema, column, value) => {
    const event: Record<string, unknown> = { ...good[schema], [column]: value }
    if (value === undefined) delete event[column]
    expect(asimProblems(event)).not.toEqual([])
  })

  test.each([[undefined], [null], ['text'], [[]], [{}]])('%j', (value) => {
    expect(asimProblems(value)).not.toEqual([])
  })
})
