import type { ByName } from './by-name.ts'
import type { RowId } from './families.ts'

export interface EcsRow {
  /** `event.category`; empty where none of ECS fits. */
  readonly category: readonly string[]
  /** `event.type`. */
  readonly type: ByName<readonly string[]>
  /** `event.outcome`: success unless given. What has started counts as success: that of the start. */
  readonly outcome?: 'failure' | 'unknown'
}

const byVerb = {
  _added: ['creation'],
  _created: ['creation'],
  _changed: ['change'],
  _removed: ['deletion'],
  '': ['info'],
}

const login = ['authentication']
const userCreation: EcsRow = { category: ['iam'], type: ['user', 'creation'] }
const userChange: EcsRow = { category: ['iam'], type: ['user', 'change'] }
const userDeletion: EcsRow = { category: ['iam'], type: ['user', 'deletion'] }
const adminChange: EcsRow = { category: ['iam'], type: ['admin', 'user', 'change'] }
const memberChange: EcsRow = { category: ['iam'], type: ['group', 'user', 'change'] }
const teamCreation: EcsRow = { category: ['iam'], type: ['group', 'creation'] }
const teamChange: EcsRow = { category: ['iam'], type: ['group', 'change'] }
const signInRule: EcsRow = { category: ['iam', 'configuration'], type: ['admin', 'change'] }
const setting: EcsRow = { category: ['configuration'], type: ['change'] }
const list: EcsRow = { category: ['configuration'], type: byVerb }
const access: EcsRow = { category: [], type: ['access', 'change'] }
const fileAccess: EcsRow = { category: ['file'], type: ['access'] }
const fileCreation: EcsRow = { category: ['file'], type: ['creation'] }
const creation: EcsRow = { category: [], type: ['creation'] }
const deletion: EcsRow = { category: [], type: ['deletion'] }

/** Categorisation in the Elastic Common Schema 9.4. */
export const ecsCategories: { readonly [Row in RowId]: EcsRow } = {
  L1: { category: login, type: ['start'] },
  L2: { category: login, type: ['start'], outcome: 'failure' },
  L3: { category: login, type: ['end'] },
  U1: userCreation,
  U2: userChange,
  U3: userDeletion,
  U4: { ...userChange, outcome: 'unknown' },
  U5: userChange,
  U6: userChange,
  U7: userChange,
  U8: userCreation,
  U9: userChange,
  R1: adminChange,
  R2: adminChange,
  R3: memberChange,
  R4: { category: ['iam'], type: { _created: ['admin', 'creation'], _changed: ['admin', 'change'] } },
  A1: userChange,
  A2: userChange,
  A3: userChange,
  A4: userCreation,
  A5: userDeletion,
  A6: userChange,
  A7: setting,
  X1: memberChange,
  X2: { category: ['iam'], type: ['group', 'info'] },
  X3: teamChange,
  X4: teamChange,
  X5: access,
  X6: access,
  X7: access,
  X8: access,
  X9: access,
  S1: signInRule,
  S2: signInRule,
  S3: signInRule,
  S4: signInRule,
  S5: { category: ['iam'], type: ['admin', 'change'] },
  S6: signInRule,
  S7: signInRule,
  S8: setting,
  S9: list,
  S10: list,
  S11: setting,
  S12: setting,
  S13: setting,
  S14: setting,
  S15: setting,
  S16: setting,
  S17: setting,
  S18: setting,
  S19: list,
  E1: fileAccess,
  E2: fileAccess,
  E3: fileAccess,
  E4: fileAccess,
  C1: teamCreation,
  C2: fileCreation,
  D1: deletion,
  D2: deletion,
  D3: deletion,
  D4: { category: ['file'], type: ['deletion'] },
  D5: { category: ['iam'], type: ['group', 'deletion'] },
  D6: teamCreation,
  D7: fileCreation,
  D8: creation,

  logins: { category: login, type: ['info'] },
  user_updates: userChange,
  roles: { category: ['iam'], type: ['admin', 'change'] },
  apps: userChange,
  access_control: access,
  admin_settings: setting,
  content_export: fileAccess,
  creation,
  deletion: { category: [], type: { _undeleted: ['creation'], '': ['deletion'] } },
  other: { category: [], type: ['info'] },
}
