// The captions of OCSF 1.8 for its numbers.

import type { OcsfClass } from '../../mapping/ocsf-classes.ts'

export const classNames: Readonly<Record<OcsfClass, string>> = {
  0: 'Base Event',
  3001: 'Account Change',
  3002: 'Authentication',
  3004: 'Entity Management',
  3005: 'User Access Management',
  3006: 'Group Management',
  6001: 'Web Resources Activity',
  6006: 'File Hosting Activity',
}

export const categoryNames: Readonly<Record<0 | 3 | 6, string>> = {
  0: 'Uncategorized',
  3: 'Identity & Access Management',
  6: 'Application Activity',
}

const activityNames: { readonly [classUid: number]: { readonly [activityId: number]: string } } = {
  3001: {
    1: 'Create',
    2: 'Enable',
    3: 'Password Change',
    4: 'Password Reset',
    5: 'Disable',
    6: 'Delete',
    10: 'MFA Factor Enable',
    11: 'MFA Factor Disable',
  },
  3002: { 1: 'Logon', 2: 'Logoff' },
  3004: { 1: 'Create', 3: 'Update', 4: 'Delete', 8: 'Enable', 9: 'Disable' },
  3005: { 1: 'Assign Privileges', 2: 'Revoke Privileges' },
  3006: { 3: 'Add User', 4: 'Remove User', 5: 'Delete', 6: 'Create' },
  6001: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 6: 'Import', 7: 'Export', 8: 'Share' },
  6006: { 1: 'Upload', 2: 'Download', 4: 'Delete', 8: 'Restore' },
}

/** Undefined for 99, whose name comes from the event. */
export function activityCaption(classUid: number, activityId: number): string | undefined {
  return activityNames[classUid]?.[activityId]
}

export const severities = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
} as const

export const statusNames = ['Unknown', 'Success', 'Failure'] as const
