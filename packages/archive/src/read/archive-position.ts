import { fault } from '@asana-audit/core'
import { z } from 'zod'
import type { ChainHead } from './scan-manifest.ts'

/** The ends of chains, by the folder of the lane. */
export type ChainHeads = Readonly<Record<string, ChainHead>>

/** How far a source has read an archive. */
export interface ArchivePosition {
  readonly version: 1
  /** The time range, RFC 3339. Null: open. */
  readonly since: string | null
  readonly until: string | null
  /** All events that were recorded up to there were given. */
  readonly after: ChainHeads
  /** The events that were recorded after that and up to here are being given, in the order of time. Left out: none are. */
  readonly upTo?: ChainHeads | undefined
  /** The last of these events that was given, and its object. Left out: none was given yet. */
  readonly last?: { readonly key: string; readonly first: string; readonly gid: string } | undefined
}

const heads = z.record(z.string(), z.strictObject({ sequence: z.int().min(1), sha256: z.string() }))

const form: z.ZodType<ArchivePosition> = z.strictObject({
  ...{ version: z.literal(1), since: z.string().nullable(), until: z.string().nullable() },
  ...{ after: heads, upTo: heads.optional() },
  last: z.strictObject({ key: z.string(), first: z.string(), gid: z.string() }).optional(),
})

export function encodePosition(position: ArchivePosition): string {
  return JSON.stringify(position)
}

/** Throws a fatal `unknown_cursor` for a text that `encodePosition` did not make. */
export function decodePosition(cursor: string): ArchivePosition {
  try {
    return form.parse(JSON.parse(cursor))
  } catch {
    const message = 'The position is not one of an archive. Give this pipeline another name, or begin again.'
    throw fault({ fault: 'fatal', code: 'unknown_cursor', message })
  }
}
