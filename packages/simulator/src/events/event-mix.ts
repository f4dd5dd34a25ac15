import { eventTypes } from '@asana-audit/schema'
import type { Random } from '../organisation/random.ts'

/**
 * `catalogue`: every known type, the usual ones most often. `everyday`: the events of a quiet week in which no
 * setting changes and nobody leaves.
 */
export type EventMix = 'catalogue' | 'everyday'

// Weights out of about 1,000. The types not named here share the rest evenly.
const weights: Readonly<Record<string, number>> = {
  user_login_succeeded: 290,
  user_logged_out: 90,
  user_login_failed: 40,
  attachment_uploaded: 110,
  attachment_downloaded: 85,
  task_deleted: 60,
  comment_deleted: 25,
  attachment_deleted: 20,
  project_member_added: 35,
  project_member_removed: 12,
  team_member_added: 22,
  team_member_removed: 8,
  project_privacy_settings_changed: 12,
  team_join_request_created: 8,
  user_app_authorized: 20,
  user_app_revoked: 6,
  user_personal_access_token_authorized: 10,
  user_invited: 12,
  user_deprovisioned: 4,
  project_csv_export_started: 12,
  search_report_export_started: 5,
  task_undeleted: 6,
}

const names = [...eventTypes.keys()]
const named = Object.entries(weights)
const namedShare = 0.92
const total = named.reduce((sum, [, weight]) => sum + weight, 0)
// The person is drawn again for each event, so a person who left would still sign in.
const notEveryday = ['user_deprovisioned']

/** The name of a catalogued event type, logins most often. */
export function pickEventType(random: Random, mix: EventMix): string {
  if (mix === 'everyday') {
    const drawn = pickNamed(random)
    return notEveryday.includes(drawn) ? pickEventType(random, mix) : drawn
  }
  return random.chance(namedShare) ? pickNamed(random) : random.pick(names)
}

function pickNamed(random: Random): string {
  let left = random.fraction() * total
  for (const [name, weight] of named) {
    left -= weight
    if (left < 0) return name
  }
  return random.pick(names)
}
