import type { ByName } from './by-name.ts'
import type { RowId } from './families.ts'

/** The schemas of Microsoft's Advanced Security Information Model that events become. */
export type AsimSchema = 'AuditEvent' | 'Authentication' | 'UserManagement'

export interface AsimRow {
  readonly schema: AsimSchema
  /** `EventType`; each schema has its own list. */
  readonly type: ByName<string>
}

const byVerb = {
  _added: 'Create',
  _created: 'Create',
  _changed: 'Set',
  _removed: 'Delete',
  _deleted: 'Delete',
  _enabled: 'Enable',
  _disabled: 'Disable',
  '': 'Other',
}

function audit(type: ByName<string>): AsimRow {
  return { schema: 'AuditEvent', type }
}

function account(type: ByName<string>): AsimRow {
  return { schema: 'UserManagement', type }
}

function login(type: string): AsimRow {
  return { schema: 'Authentication', type }
}

const setting = audit(byVerb)

/** Schemas and event types of ASIM, https://learn.microsoft.com/azure/sentinel/normalization-about-schemas. */
export const asimEvents: { readonly [Row in RowId]: AsimRow } = {
  L1: login('Logon'),
  L2: login('Logon'),
  L3: login('Logoff'),
  U1: account('UserCreated'),
  U2: account('UserCreated'),
  U3: account('UserDeleted'),
  // A link was requested; another event says whether it was used.
  U4: audit('Start'),
  U5: account({ _changed: 'PasswordChanged', _reset: 'PasswordReset' }),
  U6: account('UserModified'),
  U7: account('UserModified'),
  U8: audit('Start'),
  U9: account('UserModified'),
  R1: account('UserModified'),
  R2: account('UserModified'),
  R3: account('UserModified'),
  R4: audit(byVerb),
  A1: account('UserModified'),
  A2: account('UserModified'),
  A3: account('UserModified'),
  A4: account('UserCreated'),
  A5: account('UserDeleted'),
  A6: account('UserModified'),
  A7: setting,
  X1: account({ _added: 'UserAddedToGroup', _removed: 'UserRemovedFromGroup' }),
  X2: audit('Create'),
  X3: account('GroupModified'),
  X4: account('GroupModified'),
  X5: audit('Set'),
  X6: audit('Set'),
  X7: audit('Set'),
  X8: audit('Enable'),
  X9: audit('Disable'),
  S1: setting,
  S2: setting,
  S3: setting,
  S4: setting,
  S5: audit('Execute'),
  S6: setting,
  S7: setting,
  S8: setting,
  S9: setting,
  S10: setting,
  S11: setting,
  S12: setting,
  S13: setting,
  S14: setting,
  S15: setting,
  S16: setting,
  S17: setting,
  S18: setting,
  S19: setting,
  E1: audit('Read'),
  E2: audit('Read'),
  E3: audit('Read'),
  E4: audit('Read'),
  C1: account('GroupCreated'),
  C2: audit('Create'),
  D1: audit('Delete'),
  D2: audit('Delete'),
  D3: audit('Delete'),
  D4: audit('Delete'),
  D5: account('GroupDeleted'),
  D6: account('GroupModified'),
  D7: audit('Create'),
  D8: audit('Create'),

  // An unknown login event may be neither a logon nor a logoff.
  logins: audit('Other'),
  user_updates: account('UserModified'),
  roles: account('UserModified'),
  apps: account('UserModified'),
  access_control: audit('Set'),
  admin_settings: audit({ ...byVerb, '': 'Set' }),
  content_export: audit('Read'),
  creation: audit('Create'),
  deletion: audit({ _undeleted: 'Create', '': 'Delete' }),
  other: audit('Other'),
}
