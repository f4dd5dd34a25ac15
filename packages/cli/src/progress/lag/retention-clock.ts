import { retentionMs } from '@asana-audit/core/backlog'

/**
 * Milliseconds until Asana deletes the oldest event that may be unread, negative if it has. Unread events are newer than the newest
 * delivered event. Undefined before the first.
 */
export function deletedInMs(newestAt: string, now: number): number
export function deletedInMs(newestAt: string | undefined, now: number): number | undefined
export function deletedInMs(newestAt: string | undefined, now: number): number | undefined {
  return newestAt === undefined ? undefined : Date.parse(newestAt) + retentionMs - now
}
