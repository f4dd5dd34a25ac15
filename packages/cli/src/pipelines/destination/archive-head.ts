import { resolve } from 'node:path'
import type { ChainHead } from '@asana-audit/archive'
import { toFault } from '@asana-audit/core'
import { isS3 } from '../../config/destination/s3-location.ts'
import type { Warning } from '../../terminal/problem.ts'
import type { Notes } from './opening.ts'

/** An export of the state has it, as its name begins with `position.`. */
const noteName = 'position.archive_head'

/** The head of the chain of a pipeline's archive, as the state keeps it. */
export interface KeptHead extends ChainHead {
  /** Where the archive is: an absolute path, or `s3://bucket/prefix`. */
  readonly place: string
}

/** What a store of another path is called by another run. */
export function placeOfArchive(place: string): string {
  return isS3(place) ? place : resolve(place)
}

/** Keeps the head beside the pipeline. If that is not possible, a warning says so, and archiving goes on. */
export function headKeeper(
  notes: Notes,
  place: string,
  onWarning: (warning: Warning) => void,
): (head: ChainHead) => Promise<void> {
  return async (head) => {
    try {
      await notes.keep(noteName, JSON.stringify({ ...head, place } satisfies KeptHead))
    } catch (error) {
      const message = `The head of the archive ${place} is not kept in the state, so archive verify --state compares with an older one. ${toFault(error).message}`
      onWarning({ code: 'head_not_kept', message })
    }
  }
}

/** Undefined if the pipeline has archived nothing to this place. */
export async function keptHead(notes: Notes, place: string): Promise<KeptHead | undefined> {
  const head = readHead(await notes.read(noteName))
  return head?.place === place ? head : undefined
}

/** Those of all pipelines. */
export async function keptHeads(state: {
  notes(name: string): Promise<ReadonlyMap<string, string>>
}): Promise<KeptHead[]> {
  const notes = await state.notes(noteName)
  return [...notes.values()].flatMap((text) => readHead(text) ?? [])
}

/** Only `headKeeper` writes such a note. */
function readHead(text: string | undefined): KeptHead | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as KeptHead)
}
