import type { ByName } from './by-name.ts'
import type { RowId } from './families.ts'

export interface UdmRow {
  /** `metadata.event_type`. */
  readonly type: ByName<string>
  /** `security_result.action`, for logins. */
  readonly action?: 'ALLOW' | 'BLOCK'
}

const byVerb = {
  _added: 'SETTING_CREATION',
  _created: 'SETTING_CREATION',
  _changed: 'SETTING_MODIFICATION',
  _removed: 'SETTING_DELETION',
  '': 'SETTING_UNCATEGORIZED',
}

const userUpdate: UdmRow = { type: 'USER_UNCATEGORIZED' }
const password: UdmRow = { type: 'USER_CHANGE_PASSWORD' }
const permissions: UdmRow = { type: 'USER_CHANGE_PERMISSIONS' }
const teamChange: UdmRow = { type: 'GROUP_MODIFICATION' }
const sharing: UdmRow = { type: 'USER_RESOURCE_UPDATE_PERMISSIONS' }
const setting: UdmRow = { type: 'SETTING_MODIFICATION' }
const reading: UdmRow = { type: 'USER_RESOURCE_ACCESS' }
const deletion: UdmRow = { type: 'USER_RESOURCE_DELETION' }
const restoring: UdmRow = { type: 'USER_RESOURCE_UPDATE_CONTENT' }

/** Event types of Google SecOps' Unified Data Model. */
export const udmTypes: { readonly [Row in RowId]: UdmRow } = {
  L1: { type: 'USER_LOGIN', action: 'ALLOW' },
  L2: { type: 'USER_LOGIN', action: 'BLOCK' },
  L3: { type: 'USER_LOGOUT' },
  U1: { type: 'USER_CREATION' },
  U2: { type: 'USER_CREATION' },
  U3: { type: 'USER_DELETION' },
  U4: password,
  U5: password,
  U6: userUpdate,
  U7: userUpdate,
  U8: userUpdate,
  U9: userUpdate,
  R1: permissions,
  R2: permissions,
  R3: permissions,
  R4: { type: { _created: 'RESOURCE_CREATION', _changed: 'RESOURCE_PERMISSIONS_CHANGE' } },
  A1: permissions,
  A2: permissions,
  A3: permissions,
  A4: { type: 'USER_CREATION' },
  A5: { type: 'USER_DELETION' },
  A6: userUpdate,
  A7: setting,
  X1: teamChange,
  X2: { type: 'GROUP_UNCATEGORIZED' },
  X3: teamChange,
  X4: teamChange,
  X5: sharing,
  X6: sharing,
  X7: sharing,
  X8: sharing,
  X9: sharing,
  S1: setting,
  S2: setting,
  S3: setting,
  S4: setting,
  S5: setting,
  S6: setting,
  S7: setting,
  S8: setting,
  S9: { type: byVerb },
  S10: { type: byVerb },
  S11: setting,
  S12: setting,
  S13: setting,
  S14: setting,
  S15: setting,
  S16: setting,
  S17: setting,
  S18: setting,
  S19: { type: byVerb },
  E1: reading,
  E2: reading,
  E3: reading,
  E4: reading,
  C1: { type: 'GROUP_CREATION' },
  C2: { type: 'USER_RESOURCE_CREATION' },
  D1: deletion,
  D2: deletion,
  D3: deletion,
  D4: deletion,
  D5: { type: 'GROUP_DELETION' },
  D6: teamChange,
  D7: restoring,
  D8: restoring,

  logins: userUpdate,
  user_updates: userUpdate,
  roles: permissions,
  apps: userUpdate,
  access_control: sharing,
  admin_settings: setting,
  content_export: reading,
  creation: { type: 'USER_RESOURCE_CREATION' },
  deletion: { type: { _undeleted: 'USER_RESOURCE_UPDATE_CONTENT', '': 'USER_RESOURCE_DELETION' } },
  other: { type: 'GENERIC_EVENT' },
}
