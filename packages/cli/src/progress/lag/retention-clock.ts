import { retentionMs } from '@asana-audit/core/backlog'

/**
 * Milliseconds until Asana deletes the oldest event that may be unread, negative if it has. `unreadFrom`: nothing before is unread.
 */
export function deletedInMs(unreadFrom: string, now: number): number
export function deletedInMs(unreadFrom: string | undefined, now: number): number | undefined
export function deletedInMs(unreadFrom: string | undefined, now: number): number | undefined {
  return unreadFrom === undefined ? undefined : Date.parse(unreadFrom) + retentionMs - now
}
