import { retentionMs } from '@asana-audit/core/backlog'

/**
 * How long until Asana deletes the oldest event that may be unread, negative when it has: whatever has not been read yet is newer than the
 * newest event delivered. Undefined before the first.
 */
export function deletedInMs(newestAt: string | undefined, now: number): number | undefined {
  return newestAt === undefined ? undefined : Date.parse(newestAt) + retentionMs - now
}
