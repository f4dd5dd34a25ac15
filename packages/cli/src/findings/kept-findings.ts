import { fault } from '@asana-audit/core'
import { levels } from '@asana-audit/detections'
import * as z from 'zod'
import type { Finding } from '../progress/finding.ts'

/** What a pipeline must know of its findings after a restart. */
export interface KeptFindings {
  /** The windows of the detector. */
  readonly windows: string
  /** The ids of the last findings, oldest first, so that none is told twice. */
  readonly ids: readonly string[]
  /** Not yet taken by each receiver. */
  readonly untold: readonly Finding[]
}

const finding = z.object({
  ...{ id: z.string(), at: z.number(), message: z.string(), gids: z.array(z.string()) },
  rule: z.object({ id: z.string(), title: z.string(), level: z.enum(levels) }),
})
const note = z.object({ windows: z.string(), ids: z.array(z.string()), untold: z.array(finding) })

/** Throws a fatal `corrupt_state` for a text that `findingsText` did not make. */
export function readFindings(text: string): KeptFindings {
  try {
    return note.parse(JSON.parse(text))
  } catch (cause) {
    const message =
      'The findings in the state cannot be read: another program has changed them. Put a copy of the state back.'
    throw fault({ fault: 'fatal', code: 'corrupt_state', message, cause })
  }
}

export function findingsText(kept: KeptFindings): string {
  return JSON.stringify(kept)
}
