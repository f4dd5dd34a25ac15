import { fault } from '@asana-audit/core'
import * as z from 'zod'
import type { Finding } from './finding.ts'

/** What a person is shown of a finding. The log and the destination have all of it. */
export interface LastFinding {
  readonly id: string
  /** The time of the event that completed it, milliseconds since 1970. */
  readonly at: number
  readonly level: string
  readonly title: string
  /** Email address, else name, else gid. Undefined where the event does not say. */
  readonly who?: string | undefined
}

/** The name of the note with the last findings of a pipeline, oldest first. */
export const lastFindingsNote = 'last-findings'
const most = 10

const text = z.string()
const kept = z.array(z.object({ id: text, at: z.number(), level: text, title: text, who: text.optional() }))

/** Throws a fatal `corrupt_state` for a note that is not ours. */
export function readLastFindings(note: string | undefined): readonly LastFinding[] {
  if (note === undefined) return []
  try {
    return kept.parse(JSON.parse(note))
  } catch (cause) {
    const message =
      'The last findings in the state cannot be read: another program has changed them. Put a copy of the state back.'
    throw fault({ fault: 'fatal', code: 'corrupt_state', message, cause })
  }
}

/** At most ten, oldest first. */
export function withFindings(
  last: readonly LastFinding[],
  found: readonly Finding[],
): readonly LastFinding[] {
  const fresh = found.map(({ id, at, rule: { level, title }, actor: { email, name, gid } }) => ({
    ...{ id, at, level, title },
    who: email ?? name ?? gid,
  }))
  return [...last, ...fresh].slice(-most)
}
