import type { ByName } from './by-name.ts'
import type { RowId } from './families.ts'

/** The classes of OCSF 1.8 that events become. 0 is the base event. */
export type OcsfClass = 0 | 3001 | 3002 | 3004 | 3005 | 3006 | 6001 | 6006

/** A class and an activity of OCSF. */
export interface OcsfActivity {
  readonly classUid: number
  readonly activityId: number
}

export interface OcsfRow {
  readonly classUid: OcsfClass
  readonly activityId: ByName<number>
  /** The name of activity 99, which has none of its own. */
  readonly activityName?: ByName<string>
  /** 1 (success) unless given, because the log reports things that happened. */
  readonly statusId?: 0 | 2
  /** The kind of entity, for class 3004. */
  readonly entity?: 'Group' | 'Organization' | 'Policy' | 'Network Zone'
  /** The privilege the user gained or lost, for class 3005, if the event names no role and no app. */
  readonly privilege?: ByName<string>
  /** The activity for an admin role gained or lost; in other cases it is `activityId`. */
  readonly adminRole?: { readonly gained: number; readonly lost: number }
  /** The activity in class 6001, for an event that lacks the address or file name that class 6006 requires. */
  readonly asWebResource?: { readonly activityId: number; readonly activityName?: string }
  /** The class and activity in OCSF 1.9, if different. Not released yet: its numbers may still change. */
  readonly next?: { readonly classUid: number; readonly activityId: ByName<number> }
  /** The same for an admin role gained or lost. */
  readonly nextAdminRole?: { readonly gained: number; readonly lost: number }
}

const byVerb = { _added: 1, _created: 1, _changed: 3, _removed: 4, _deleted: 4, _enabled: 8, _disabled: 9 }

const role: OcsfRow = {
  classUid: 3005,
  activityId: 99,
  activityName: 'Change',
  adminRole: { gained: 1, lost: 2 },
  next: { classUid: 3007, activityId: 2 },
  nextAdminRole: { gained: 16, lost: 17 },
}
const teamSetting: OcsfRow = { classUid: 3004, activityId: byVerb, entity: 'Group' }
const teamAccess: OcsfRow = { ...teamSetting, next: { classUid: 3006, activityId: 9 } }
const workspaceSetting: OcsfRow = { classUid: 3004, activityId: byVerb, entity: 'Organization' }
const policy: OcsfRow = { classUid: 3004, activityId: byVerb, entity: 'Policy' }
const networkZone: OcsfRow = { classUid: 3004, activityId: byVerb, entity: 'Network Zone' }
const unshared: OcsfRow = { classUid: 6001, activityId: 99, activityName: 'Unshare' }
const exported: OcsfRow = { classUid: 6001, activityId: 7 }

/** Class and activity in OCSF 1.8, https://schema.ocsf.io/1.8.0. */
export const ocsfClasses: { readonly [Row in RowId]: OcsfRow } = {
  L1: { classUid: 3002, activityId: 1 },
  L2: { classUid: 3002, activityId: 1, statusId: 2 },
  L3: { classUid: 3002, activityId: 2 },
  U1: { classUid: 3001, activityId: 1, next: { classUid: 3007, activityId: 1 } },
  U2: { classUid: 3001, activityId: 2, next: { classUid: 3007, activityId: 4 } },
  U3: { classUid: 3001, activityId: 5, next: { classUid: 3007, activityId: 5 } },
  // A link was requested; another event says whether it was used.
  U4: { classUid: 3001, activityId: 4, statusId: 0, next: { classUid: 3007, activityId: 9 } },
  U5: {
    classUid: 3001,
    activityId: { _changed: 3, _reset: 4 },
    next: { classUid: 3007, activityId: { _changed: 8, _reset: 9 } },
  },
  U6: { classUid: 3001, activityId: 10, next: { classUid: 3007, activityId: 12 } },
  U7: { classUid: 3001, activityId: 11, next: { classUid: 3007, activityId: 13 } },
  U8: { classUid: 6001, activityId: 6 },
  U9: {
    classUid: 3001,
    activityId: 99,
    activityName: { _paused: 'Pause Billing', _unpaused: 'Resume Billing' },
    next: { classUid: 3007, activityId: 2 },
  },
  R1: { ...role, privilege: 'workspace admin' },
  R2: { ...role, privilege: 'division admin' },
  R3: { ...role, privilege: 'team admin' },
  R4: { ...policy, next: { classUid: 3008, activityId: { _created: 1, _changed: 2 } } },
  A1: {
    classUid: 3005,
    activityId: 1,
    privilege: 'personal access token',
    next: { classUid: 3007, activityId: 18 },
  },
  A2: { classUid: 3005, activityId: 1, privilege: 'app', next: { classUid: 3007, activityId: 14 } },
  A3: {
    classUid: 3005,
    activityId: 2,
    privilege: { _app_revoked: 'app', _token_revoked: 'personal access token' },
    next: { classUid: 3007, activityId: { _app_revoked: 15, _token_revoked: 19 } },
  },
  A4: { classUid: 3001, activityId: 1, next: { classUid: 3007, activityId: 1 } },
  A5: { classUid: 3001, activityId: 6, next: { classUid: 3007, activityId: 3 } },
  A6: {
    classUid: 3001,
    activityId: 99,
    activityName: 'Rename',
    next: { classUid: 3007, activityId: 2 },
  },
  A7: teamSetting,
  X1: { classUid: 3006, activityId: { _added: 3, _removed: 4 } },
  X2: { classUid: 3006, activityId: 99, activityName: 'Request to Join' },
  X3: teamAccess,
  X4: teamAccess,
  X5: { classUid: 6001, activityId: 8 },
  X6: unshared,
  X7: { classUid: 6001, activityId: 3 },
  X8: { classUid: 6001, activityId: 8 },
  X9: unshared,
  S1: workspaceSetting,
  S2: workspaceSetting,
  S3: workspaceSetting,
  S4: policy,
  S5: { ...workspaceSetting, activityId: 99, activityName: 'Force Password Reset' },
  S6: workspaceSetting,
  S7: workspaceSetting,
  S8: networkZone,
  S9: networkZone,
  S10: workspaceSetting,
  S11: policy,
  S12: workspaceSetting,
  S13: workspaceSetting,
  S14: policy,
  S15: policy,
  S16: policy,
  S17: workspaceSetting,
  S18: workspaceSetting,
  S19: { ...workspaceSetting, activityId: { ...byVerb, _signed: 99 }, activityName: 'Sign' },
  E1: exported,
  E2: exported,
  E3: exported,
  E4: { classUid: 6006, activityId: 2, asWebResource: { activityId: 2 } },
  C1: { classUid: 3006, activityId: 6 },
  C2: { classUid: 6006, activityId: 1, asWebResource: { activityId: 1 } },
  D1: { classUid: 6001, activityId: 4 },
  D2: { classUid: 6001, activityId: 4 },
  D3: { classUid: 6001, activityId: 4 },
  D4: { classUid: 6006, activityId: 4, asWebResource: { activityId: 4 } },
  D5: { classUid: 3006, activityId: 5 },
  D6: { classUid: 3006, activityId: 99, activityName: 'Restore' },
  D7: { classUid: 6006, activityId: 8, asWebResource: { activityId: 99, activityName: 'Restore' } },
  D8: { classUid: 6001, activityId: 99, activityName: 'Restore' },

  logins: { classUid: 3002, activityId: 99 },
  user_updates: { classUid: 3001, activityId: 99, next: { classUid: 3007, activityId: 2 } },
  roles: { classUid: 3005, activityId: 99, next: { classUid: 3007, activityId: 2 } },
  apps: { classUid: 3001, activityId: 99, next: { classUid: 3007, activityId: 2 } },
  access_control: { classUid: 6001, activityId: 3 },
  admin_settings: { ...workspaceSetting, activityId: { ...byVerb, '': 3 } },
  content_export: exported,
  creation: { classUid: 6001, activityId: 1 },
  deletion: { classUid: 6001, activityId: { _undeleted: 99, '': 4 }, activityName: 'Restore' },
  other: { classUid: 0, activityId: 99 },
}
