import { archiveSource, type ObjectStore } from '@asana-audit/archive'
import type { Batch, Source } from '@asana-audit/core'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  type FieldPolicy,
  parseAuditLogEvent,
} from '@asana-audit/schema'
import { parseInstant } from '@asana-audit/schema/lossless'
import type { Replay } from '../destination/opening.ts'
import { decodeReplay, encodeReplay, type ReplayCursor } from './replay-cursor.ts'

export interface ReplaySourceOptions {
  readonly store: ObjectStore
  readonly range: Pick<ReplayCursor, 'since' | 'until'>
  /** The current field policy: the events may be older than it. Applying it a second time changes nothing. */
  readonly fieldPolicy: FieldPolicy
  readonly isWanted: (event: AuditLogEvent) => boolean
  /** Called for each damaged part of the archive, which is left out. Undefined: a damaged part ends the replay. */
  readonly onLeftOut: ((message: string) => void) | undefined
}

export interface ReplaySource extends Source<AuditLogEvent>, Replay {}

/** The events of an archive, as a pipeline would get them from Asana. Its cursor must be a `ReplayCursor`. */
export function replaySource({
  store,
  range,
  fieldPolicy,
  isWanted,
  onLeftOut,
}: ReplaySourceOptions): ReplaySource {
  const { since, until } = range
  const archive = archiveSource({
    ...{ store, since: since ?? undefined, until: until ?? undefined },
    ...(onLeftOut && { onProblem: ({ message }) => onLeftOut(message) }),
  })
  /** Undefined for what an archive does not know; events that nobody holds any more are forgotten. */
  const observed = new WeakMap<AuditLogEvent, string>()

  function accepted(
    batch: Batch<{ gid: string; created_at: string }>,
  ): Pick<Batch<AuditLogEvent>, 'events' | 'malformed'> {
    const malformed = [...batch.malformed]
    const events = batch.events.flatMap((raw) => {
      const parsed = parseAuditLogEvent(raw)
      if ('reason' in parsed) {
        malformed.push({ raw, reason: parsed.reason })
        return []
      }
      const event = applyFieldPolicy(parsed.event, fieldPolicy)
      if (!isWanted(event)) return []
      const recordedAt = archive.recordedAt(raw)
      if (recordedAt !== undefined) observed.set(event, recordedAt)
      return [event]
    })
    return { events, malformed }
  }

  return {
    async *read(text, signal) {
      const cursor = decodeReplay(text ?? '')
      for await (const batch of archive.read(cursor.at ?? undefined, signal))
        yield { ...batch, ...accepted(batch), cursor: encodeReplay({ ...cursor, at: batch.cursor }) }
    },
    observedAt(event) {
      const recordedAt = observed.get(event)
      return recordedAt === undefined ? undefined : parseInstant(recordedAt)
    },
  }
}
