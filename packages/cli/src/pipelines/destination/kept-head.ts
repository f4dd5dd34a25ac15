import type { ChainHead } from '@asana-audit/archive'
import { type Fault, fault } from '@asana-audit/core'
import { z } from 'zod'

/** The name of the note with the head. It begins with `position.`, so an export of the state has the note. */
export const headNote = 'position.archive_head'

/** The head of the chain of a pipeline's archive, as the state keeps it. */
export interface KeptHead extends ChainHead {
  /** Where the archive is: an absolute path, or `s3://bucket/prefix`. */
  readonly place: string
}

const form: z.ZodType<KeptHead> = z.object({
  ...{ lane: z.string(), sequence: z.int().min(1), place: z.string() },
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/**
 * Gives the lines of an export unchanged. Rejects with a fatal `not_an_export` at a head that cannot be read: once it is part of a state,
 * nobody can remove it.
 */
export async function* withWholeHeads(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) {
    const pipeline = line.includes(headNote) ? pipelineOfBrokenHead(line) : undefined
    if (pipeline !== undefined) {
      const message = `The export has a head of the archive of "${pipeline}" that cannot be read (${headNote}): it was changed or damaged on the way. Nothing was imported. Export the state again with state export.`
      throw fault({ fault: 'fatal', code: 'not_an_export', message })
    }
    yield line
  }
}

const noteRow = z.object({
  ...{ pipeline: z.string(), table: z.literal('note') },
  row: z.tuple([z.literal(headNote), z.unknown()]),
})

function pipelineOfBrokenHead(line: string): string | undefined {
  const { data } = noteRow.safeParse(jsonIn(line))
  return data && !form.safeParse(jsonIn(String(data.row[1]))).success ? data.pipeline : undefined
}

/** Throws a fatal `corrupt_state` for a text that is not one. */
export function readHead(text: string | undefined): KeptHead | undefined {
  if (text === undefined) return undefined
  const { data } = form.safeParse(jsonIn(text))
  if (!data) throw corrupt()
  return data
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function corrupt(): Fault {
  const message = `The head of an archive in the state cannot be read (${headNote}): another program has changed it, or an export that was imported. Put a copy of the state back, or import a whole export into a new state.`
  return fault({ fault: 'fatal', code: 'corrupt_state', message })
}
