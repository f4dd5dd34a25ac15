import type { EventCategory } from '../event/event-types.ts'
import type { ByName } from './by-name.ts'
import type { FamilyId } from './family-types.ts'

/**
 * How much an event matters to a security team. Our judgement, not Asana's; `relevancePolicy` replaces it by your
 * own.
 */
export type Relevance = 'informational' | 'low' | 'medium' | 'high' | 'critical'

/**
 * When an event takes a defence away or opens a door. `always` has it in its relevance already; `never` does
 * the contrary. The others are told by `details.old_value` and `details.new_value`, and raise the relevance by
 * a level: an admin role gained, a longer time (or none), the named value. `unknown`: nobody has seen yet which
 * value is the weak one.
 */
export type Weaker =
  | 'always'
  | 'never'
  | 'admin'
  | 'longer'
  | 'to anyone'
  | 'to off'
  | 'to optional'
  | 'to public'
  | 'to simple'
  | 'unknown'

/**
 * What the `resource` is. An event says no more about its target; for example, it does not say who was added to a
 * team.
 */
export type Target = 'user' | 'service account' | 'team' | 'role' | 'workspace' | 'object'

export interface FamilyRow {
  readonly meaning: string
  /** The default, if nothing in the event raises it. */
  readonly relevance: Relevance
  readonly target: Target
  readonly weaker?: ByName<Weaker>
}

/** For an event type that is not in the catalogue: its category, or `other` for an unknown category. */
export type FallbackId = EventCategory | 'other'

export type RowId = FamilyId | FallbackId

/** The meaning of the families. The last ten rows are for event types that are not in the catalogue. */
export const families: { readonly [Row in RowId]: FamilyRow } = {
  L1: { meaning: 'A sign-in succeeded', relevance: 'informational', target: 'user' },
  L2: { meaning: 'A sign-in was refused', relevance: 'low', target: 'user' },
  L3: { meaning: 'A session ended', relevance: 'informational', target: 'user' },
  U1: { meaning: 'A member joined', relevance: 'low', target: 'user' },
  U2: { meaning: 'A removed member came back', relevance: 'low', target: 'user' },
  U3: { meaning: 'A member was removed', relevance: 'low', target: 'user' },
  U4: { meaning: 'A new password was requested', relevance: 'informational', target: 'user' },
  U5: { meaning: 'A password changed', relevance: 'low', target: 'user' },
  U6: { meaning: 'A second factor was added', relevance: 'informational', target: 'user', weaker: 'never' },
  U7: { meaning: 'A second factor was removed', relevance: 'high', target: 'user', weaker: 'always' },
  U8: { meaning: 'Users were imported', relevance: 'low', target: 'user' },
  U9: { meaning: 'Billing of a seat changed', relevance: 'informational', target: 'user' },
  R1: { meaning: 'Admin role in the workspace', relevance: 'medium', target: 'user', weaker: 'admin' },
  R2: { meaning: 'Admin role in a division', relevance: 'medium', target: 'user', weaker: 'admin' },
  R3: { meaning: 'Admin role in a team', relevance: 'low', target: 'user' },
  R4: { meaning: 'What a role may do', relevance: 'medium', target: 'role' },
  A1: { meaning: 'A personal access token was made', relevance: 'medium', target: 'user' },
  A2: { meaning: 'An app was connected', relevance: 'low', target: 'user' },
  A3: { meaning: 'An app or token was withdrawn', relevance: 'informational', target: 'user' },
  A4: { meaning: 'A service account was made', relevance: 'high', target: 'service account' },
  A5: { meaning: 'A service account was removed', relevance: 'low', target: 'service account' },
  A6: { meaning: 'A service account was renamed', relevance: 'low', target: 'service account' },
  A7: { meaning: 'An integration of a team', relevance: 'low', target: 'team' },
  X1: { meaning: 'Membership of a team', relevance: 'informational', target: 'team' },
  X2: { meaning: 'Membership of a team was requested', relevance: 'informational', target: 'team' },
  X3: { meaning: 'Who may do what in a team', relevance: 'low', target: 'team' },
  X4: { meaning: 'Visibility of a team', relevance: 'low', target: 'team', weaker: 'to public' },
  X5: { meaning: 'A project or portfolio was shared', relevance: 'informational', target: 'object' },
  X6: { meaning: 'A share was taken back', relevance: 'informational', target: 'object' },
  X7: { meaning: 'Visibility of a project', relevance: 'low', target: 'object', weaker: 'to public' },
  X8: { meaning: 'A project was opened by link', relevance: 'medium', target: 'object', weaker: 'always' },
  X9: {
    meaning: 'A link to a project was closed',
    relevance: 'informational',
    target: 'object',
    weaker: 'never',
  },
  S1: {
    meaning: 'Single sign-on',
    relevance: 'high',
    target: 'workspace',
    weaker: { workspace_saml_settings_changed: 'to optional', '': 'unknown' },
  },
  S2: { meaning: 'Second factor made compulsory', relevance: 'low', target: 'workspace', weaker: 'never' },
  S3: {
    meaning: 'Second factor no longer compulsory',
    relevance: 'critical',
    target: 'workspace',
    weaker: 'always',
  },
  S4: {
    meaning: 'Rules for passwords, sessions and tokens',
    relevance: 'medium',
    target: 'workspace',
    weaker: {
      _password_requirements_changed: 'to simple',
      _duration_changed: 'longer',
      _expiry_changed: 'longer',
      '': 'unknown',
    },
  },
  S5: { meaning: 'Everybody has to set a new password', relevance: 'medium', target: 'workspace' },
  S6: {
    meaning: 'Personal access tokens allowed',
    relevance: 'medium',
    target: 'workspace',
    weaker: 'always',
  },
  S7: { meaning: 'Personal access tokens forbidden', relevance: 'low', target: 'workspace', weaker: 'never' },
  S8: { meaning: 'IP allowlist switched off', relevance: 'critical', target: 'workspace', weaker: 'always' },
  S9: {
    meaning: 'What the IP allowlist lets in',
    relevance: 'high',
    target: 'workspace',
    weaker: { _added: 'always', '': 'unknown' },
  },
  S10: {
    meaning: 'E-mail domains of the workspace',
    relevance: 'high',
    target: 'workspace',
    weaker: { _added: 'always', '': 'unknown' },
  },
  S11: {
    meaning: 'What guests and new teams may do',
    relevance: 'medium',
    target: 'workspace',
    weaker: { _guest_invite_permissions_changed: 'to anyone', '': 'unknown' },
  },
  S12: {
    meaning: 'Links open without a login, or at all',
    relevance: 'high',
    target: 'workspace',
    weaker: 'always',
  },
  S13: { meaning: 'Links closed, or need a login', relevance: 'low', target: 'workspace', weaker: 'never' },
  S14: { meaning: 'Approval of apps', relevance: 'medium', target: 'workspace', weaker: 'to off' },
  S15: {
    meaning: 'Rules for mobile apps loosened',
    relevance: 'medium',
    target: 'workspace',
    weaker: { _changed: 'longer', '': 'always' },
  },
  S16: { meaning: 'Rules for mobile apps tightened', relevance: 'low', target: 'workspace', weaker: 'never' },
  S17: { meaning: 'Who gets warnings and hand-overs', relevance: 'medium', target: 'workspace' },
  S18: { meaning: 'Features of the workspace', relevance: 'low', target: 'workspace' },
  S19: { meaning: 'Announcements and contracts', relevance: 'informational', target: 'workspace' },
  E1: { meaning: 'Everything is exported', relevance: 'high', target: 'workspace' },
  E2: { meaning: 'A large part is exported', relevance: 'medium', target: 'workspace' },
  E3: { meaning: 'A list is exported', relevance: 'low', target: 'object' },
  E4: { meaning: 'A file was downloaded', relevance: 'informational', target: 'object' },
  C1: { meaning: 'A team was made', relevance: 'informational', target: 'team' },
  C2: { meaning: 'A file was uploaded', relevance: 'informational', target: 'object' },
  D1: { meaning: 'Something small went to the trash', relevance: 'informational', target: 'object' },
  D2: { meaning: 'A project or portfolio went to the trash', relevance: 'low', target: 'object' },
  D3: { meaning: 'Something was erased for good', relevance: 'medium', target: 'object' },
  D4: { meaning: 'A file went to the trash', relevance: 'informational', target: 'object' },
  D5: { meaning: 'A team went to the trash', relevance: 'medium', target: 'team' },
  D6: { meaning: 'A team came back', relevance: 'informational', target: 'team' },
  D7: { meaning: 'A file came back', relevance: 'informational', target: 'object' },
  D8: { meaning: 'Something came back', relevance: 'informational', target: 'object' },

  logins: { meaning: 'New kind of login event', relevance: 'low', target: 'user' },
  user_updates: { meaning: 'New kind of change to a user', relevance: 'low', target: 'user' },
  roles: { meaning: 'New kind of change to a role', relevance: 'medium', target: 'user' },
  apps: { meaning: 'New kind of app event', relevance: 'low', target: 'user' },
  access_control: { meaning: 'New kind of change to access', relevance: 'low', target: 'object' },
  admin_settings: { meaning: 'New kind of setting', relevance: 'medium', target: 'workspace' },
  content_export: { meaning: 'New kind of export', relevance: 'medium', target: 'object' },
  creation: { meaning: 'New kind of creation', relevance: 'informational', target: 'object' },
  deletion: { meaning: 'New kind of deletion', relevance: 'informational', target: 'object' },
  other: { meaning: 'New kind of event', relevance: 'low', target: 'object' },
}
