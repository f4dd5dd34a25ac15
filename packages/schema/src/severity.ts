import type { AuditLogEvent } from './event.ts'
import { eventTypesByRelevance, type Relevance } from './event-relevance.ts'
import { isRecord } from './is-record.ts'

/**
 * OpenTelemetry's numbers for INFO, INFO2, WARN, WARN2 and WARN4. An audit event is a correct report, one of
 * a failed login as well, so none reaches the numbers for errors (17 and up).
 */
export type SeverityNumber = 9 | 10 | 13 | 14 | 16

const numbers: { readonly [Level in Relevance]: SeverityNumber } = {
  informational: 9,
  low: 10,
  medium: 13,
  high: 14,
  critical: 16,
}

const relevanceByType: ReadonlyMap<string, Relevance> = new Map(
  Object.entries(eventTypesByRelevance).flatMap(([level, names]) =>
    names.map((name): [string, Relevance] => [name, level as Relevance]),
  ),
)

/** For event types we do not know yet; anything else is `low`. */
const relevanceByCategory: ReadonlyMap<unknown, Relevance> = new Map<string, Relevance>([
  ['roles', 'medium'],
  ['admin_settings', 'medium'],
  ['content_export', 'medium'],
  ['creation', 'informational'],
  ['deletion', 'informational'],
])

type Change = (before: unknown, after: unknown) => boolean

const becomes =
  (weak: string): Change =>
  (_before, after) =>
    after === weak

const gainsAdmin: Change = (before, after) => namesAdmin(after) && !namesAdmin(before)

const lastsLonger: Change = (before, after) => {
  if (after === 'never') return true
  const [from, to] = [seconds(before), seconds(after)]
  return from !== undefined && to !== undefined && to > from
}

/**
 * Changes that weaken the workspace in one direction only: told by `details.old_value` and
 * `details.new_value`, they raise the relevance by one level. Values we do not know leave it as it is.
 */
const weakenedBy: ReadonlyMap<string, Change> = new Map([
  ['user_workspace_admin_role_changed', gainsAdmin],
  ['user_division_admin_role_changed', gainsAdmin],
  ['team_privacy_settings_changed', becomes('public')],
  ['project_privacy_settings_changed', becomes('public')],
  ['workspace_password_requirements_changed', becomes('simple')],
  ['workspace_guest_invite_permissions_changed', becomes('anyone')],
  ['workspace_app_admin_approval_setting_changed', becomes('off')],
  ['workspace_require_app_approvals_of_type_changed', becomes('off')],
  ['workspace_default_session_duration_changed', lastsLonger],
  ['workspace_idle_session_duration_changed', lastsLonger],
  ['workspace_personal_access_token_expiry_changed', lastsLonger],
  ['workspace_service_account_token_expiry_changed', lastsLonger],
  ['workspace_mobile_app_biometric_authentication_duration_changed', lastsLonger],
])

/** The severity of an event: by its type, what changed, and whether Asana's support was in the tenant. */
export function severityNumber(event: AuditLogEvent): SeverityNumber {
  let relevance =
    relevanceByType.get(event.event_type) ?? relevanceByCategory.get(event.event_category) ?? 'low'
  const weakened = weakenedBy.get(event.event_type)
  const { details } = event
  if (weakened && isRecord(details) && weakened(details['old_value'], details['new_value'])) {
    relevance = raised(relevance)
  }
  if (event.actor.actor_type === 'asana_support') relevance = raised(relevance)
  return numbers[relevance]
}

/** One level up, never past `high`: `critical` is for what takes a whole defence away. */
function raised(relevance: Relevance): Relevance {
  if (relevance === 'informational') return 'low'
  if (relevance === 'low') return 'medium'
  return relevance === 'critical' ? 'critical' : 'high'
}

function namesAdmin(role: unknown): boolean {
  return typeof role === 'string' && role.includes('admin')
}

const unitSeconds: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['week', 7 * 86_400],
  ['month', 30 * 86_400],
  ['year', 365 * 86_400],
])

/** Reads durations as Asana writes them: `14 days`, `1 hour`. */
function seconds(duration: unknown): number | undefined {
  if (typeof duration !== 'string') return undefined
  const [, count, unit] = /^(\d{1,9}) ?([a-z]+?)s?$/i.exec(duration.trim()) ?? []
  const length = unitSeconds.get(unit?.toLowerCase() ?? '')
  return length && Number(count) * length
}
