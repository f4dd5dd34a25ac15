import type { AsimSchema } from '../../mapping/asim-events.ts'

export type ColumnType = 'datetime' | 'dynamic' | 'int' | 'real' | 'string'

interface Column {
  readonly type: ColumnType
  /** The schemas that have it. */
  readonly schemas: readonly AsimSchema[]
  /** Sentinel's own tables do not store it: its parsers make it of other columns when somebody searches. */
  readonly isMade?: true
}

const all: readonly AsimSchema[] = ['AuditEvent', 'Authentication', 'UserManagement']
const toApplication: readonly AsimSchema[] = ['AuditEvent', 'Authentication']

function texts(schemas: readonly AsimSchema[], names: string): [string, Column][] {
  return names.split(' ').map((name) => [name, { type: 'string', schemas }])
}

function made(schemas: readonly AsimSchema[], names: string): [string, Column][] {
  return names.split(' ').map((name) => [name, { type: 'string', schemas, isMade: true }])
}

/** Every column that `toAsim` writes. A test compares them. */
export const asimColumns: ReadonlyMap<string, Column> = new Map<string, Column>([
  ['TimeGenerated', { type: 'datetime', schemas: all }],
  ['EventStartTime', { type: 'datetime', schemas: all }],
  ['EventEndTime', { type: 'datetime', schemas: all }],
  ['EventCount', { type: 'int', schemas: all }],
  ...made(all, 'EventSchema Dvc'),
  ...texts(all, 'EventSchemaVersion EventType EventResult EventSeverity'),
  ...texts(all, 'EventOriginalSeverity EventVendor EventProduct EventOriginalUid EventOriginalType'),
  ...texts(all, 'EventMessage DvcScopeId'),
  ...texts(all, 'ActorUserId ActorUserIdType ActorUsername ActorUsernameType ActorUserType'),
  ...texts(all, 'ActorOriginalUserType ActingAppName ActingAppType HttpUserAgent SrcIpAddr'),
  ...made(all, 'User Src IpAddr'),
  ...texts(all, 'SrcGeoCountry SrcGeoRegion SrcGeoCity'),
  ['SrcGeoLatitude', { type: 'real', schemas: all }],
  ['SrcGeoLongitude', { type: 'real', schemas: all }],
  ...texts(['Authentication'], 'SrcIsp SrcDvcOs'),
  ...texts(toApplication, 'TargetAppName TargetAppType'),
  ...made(toApplication, 'Application Dst'),
  ...texts(
    ['AuditEvent'],
    'Operation Object ObjectId ObjectType OriginalObjectType OldValue NewValue ValueType',
  ),
  ...made(['AuditEvent'], 'Value'),
  ...texts(['Authentication'], 'EventResultDetails LogonProtocol'),
  ...made(['Authentication'], 'LogonTarget'),
  ...texts(
    ['Authentication', 'UserManagement'],
    'TargetUserId TargetUserIdType TargetUsername TargetUsernameType',
  ),
  ...texts(['UserManagement'], 'TargetUserType GroupId GroupName GroupNameType'),
  ...texts(['UserManagement'], 'PreviousPropertyValue NewPropertyValue'),
  ['AdditionalFields', { type: 'dynamic', schemas: all }],
])
