import { resolve } from 'node:path'
import type { ChainHead } from '@asana-audit/archive'
import { toFault } from '@asana-audit/core'
import { isS3 } from '../../config/destination/s3-location.ts'
import type { Warning } from '../../terminal/problem.ts'
import { headNote, type KeptHead, readHead } from './kept-head.ts'
import type { Notes } from './opening.ts'

/** What a store of another path is called by another run. */
export function placeOfArchive(place: string): string {
  return isS3(place) ? place : resolve(place)
}

/** Stores the head of the archive as a note of the pipeline. If that is not possible, a warning says so, and archiving goes on. */
export function headKeeper(
  notes: Notes,
  place: string,
  onWarning: (warning: Warning) => void,
): (head: ChainHead) => Promise<void> {
  return async (head) => {
    try {
      await notes.keep(headNote, JSON.stringify({ ...head, place } satisfies KeptHead))
    } catch (error) {
      const message = `The head of the archive ${place} is not kept in the state, so archive verify --state compares with an older one. ${toFault(error).message}`
      onWarning({ code: 'head_not_kept', message })
    }
  }
}

/** Undefined if the pipeline has archived nothing to this place. Rejects with a fatal `corrupt_state`. */
export async function keptHead(notes: Notes, place: string): Promise<KeptHead | undefined> {
  const head = readHead(await notes.read(headNote))
  return head?.place === place ? head : undefined
}

/** The kept heads of all pipelines. */
export async function keptHeads(state: {
  notes(name: string): Promise<ReadonlyMap<string, string>>
}): Promise<KeptHead[]> {
  const notes = await state.notes(headNote)
  return [...notes.values()].flatMap((text) => readHead(text) ?? [])
}
