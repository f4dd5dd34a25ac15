import type { ByName } from './by-name.ts'
import type { RowId } from './families.ts'

export type CimDataset = 'Authentication' | 'All_Changes' | 'Account_Management' | 'Data_Access'

export interface CimRow {
  readonly dataset: CimDataset
  readonly action: ByName<string>
  /** For the Change model. */
  readonly changeType?: 'AAA' | 'acl' | 'configuration'
  /** Not for Authentication. Never `file` in the Change model, which leaves such events out. */
  readonly objectCategory?: ByName<string>
}

/** The data model a dataset belongs to. */
export const cimModels: { readonly [Dataset in CimDataset]: string } = {
  Authentication: 'Authentication',
  All_Changes: 'Change',
  Account_Management: 'Change',
  Data_Access: 'Data_Access',
}

/** The tags by which Splunk finds the events of a dataset. */
export const cimTags: { readonly [Dataset in CimDataset]: readonly string[] } = {
  Authentication: ['authentication'],
  All_Changes: ['change'],
  Account_Management: ['change', 'account'],
  Data_Access: ['data', 'access'],
}

function account(action: string): CimRow {
  return { dataset: 'Account_Management', action, changeType: 'AAA', objectCategory: 'user' }
}

function group(action: string): CimRow {
  return { dataset: 'All_Changes', action, changeType: 'AAA', objectCategory: 'group' }
}

function setting(action: ByName<string>): CimRow {
  return { dataset: 'All_Changes', action, changeType: 'configuration', objectCategory: 'setting' }
}

function data(action: ByName<string>, objectCategory: ByName<string> = 'collaboration'): CimRow {
  return { dataset: 'Data_Access', action, objectCategory }
}

const teamAccess: CimRow = { ...group('acl_modified'), changeType: 'acl' }
const access: CimRow = { ...teamAccess, objectCategory: 'collaboration' }
const byVerb = { _added: 'created', _created: 'created', _changed: 'modified', _removed: 'deleted' }
const trash = { task_deleted: 'task', comment_deleted: 'comment', '': 'collaboration' }
const restored = { task_undeleted: 'task', comment_undeleted: 'comment', '': 'collaboration' }

/** Data models of Splunk's Common Information Model 6.2; null for a family that fits none and gets no tag. */
export const cimRows: { readonly [Row in RowId]: CimRow | null } = {
  L1: { dataset: 'Authentication', action: 'success' },
  L2: { dataset: 'Authentication', action: 'failure' },
  // The model has no action for the end of a session.
  L3: null,
  U1: account('created'),
  U2: account('created'),
  U3: account('deleted'),
  U4: account('modified'),
  U5: account('modified'),
  U6: account('modified'),
  U7: account('modified'),
  U8: { dataset: 'All_Changes', action: 'created', changeType: 'AAA', objectCategory: 'user' },
  U9: account('modified'),
  R1: account('modified'),
  R2: account('modified'),
  R3: account('modified'),
  R4: {
    dataset: 'All_Changes',
    action: { _created: 'created', _changed: 'modified' },
    changeType: 'AAA',
    objectCategory: 'role',
  },
  A1: account('modified'),
  A2: account('modified'),
  A3: account('modified'),
  A4: account('created'),
  A5: account('deleted'),
  A6: account('modified'),
  A7: setting('modified'),
  X1: group('modified'),
  X2: group('created'),
  X3: teamAccess,
  X4: teamAccess,
  X5: data('shared'),
  X6: access,
  X7: access,
  X8: data('shared'),
  X9: access,
  S1: setting('modified'),
  S2: setting('modified'),
  S3: setting('modified'),
  S4: setting('modified'),
  S5: setting('modified'),
  S6: setting('modified'),
  S7: setting('modified'),
  S8: setting('modified'),
  S9: setting(byVerb),
  S10: setting(byVerb),
  S11: setting('modified'),
  S12: setting('modified'),
  S13: setting('modified'),
  S14: setting('modified'),
  S15: setting('modified'),
  S16: setting('modified'),
  S17: setting('modified'),
  S18: setting('modified'),
  S19: setting({ ...byVerb, _signed: 'updated' }),
  E1: data('downloaded'),
  E2: data('downloaded'),
  E3: data('downloaded'),
  E4: data('downloaded', 'file'),
  C1: group('created'),
  C2: data('uploaded', 'file'),
  D1: data('deleted', trash),
  D2: data('deleted'),
  D3: data('deleted', { task_permanently_deleted: 'task', '': 'collaboration' }),
  D4: data('deleted', 'file'),
  D5: group('deleted'),
  D6: group('created'),
  D7: data('created', 'file'),
  D8: data('created', restored),

  logins: null,
  user_updates: account('modified'),
  roles: account('modified'),
  apps: account('modified'),
  access_control: access,
  admin_settings: setting('modified'),
  content_export: data('downloaded'),
  creation: data('created'),
  deletion: data({ _undeleted: 'created', '': 'deleted' }),
  other: null,
}
