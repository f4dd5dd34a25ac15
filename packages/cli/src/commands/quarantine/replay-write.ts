import { type Sink, type StoredQuarantineEntry, toFault } from '@asana-audit/core'
import { divideWrite, type Write } from '@asana-audit/core/sink-kit'

type Entry = Pick<StoredQuarantineEntry, 'number' | 'id'>

/** An entry of the quarantine and what the sink gets of it. */
export interface Replayable {
  readonly entry: Entry
  readonly record: unknown
}

/**
 * One write, in parts where something in it is refused. `tell` hears of entries as soon as it is known what became of them, without a
 * problem where they were accepted. Where the destination took an unknown part, that part is sent again too: else one bad record would
 * keep all the others in the quarantine for ever. Rejects with any fault but a refusal: nothing is tried again.
 */
export async function replayWrite(
  replayables: readonly Replayable[],
  sink: Sink<unknown>,
  tell: (entries: readonly Entry[], problem?: string) => Promise<void>,
): Promise<void> {
  const told = async (places: Write, problem?: string): Promise<void> => {
    if (places.length > 0)
      await tell(
        places.map((place) => replayables[place]!.entry),
        problem,
      )
  }
  const neverAborted = new AbortController().signal
  let writes: readonly Write[] = replayables.length > 0 ? [[...replayables.keys()]] : []
  for (let [first] = writes; first; [first] = writes) {
    try {
      await sink.write(
        first.map((place) => replayables[place]!.record),
        neverAborted,
      )
    } catch (error) {
      const found = toFault(error, first.length)
      const taken = found.accepted ?? 0
      await told(first.slice(0, taken))
      if (found.fault !== 'rejected') throw found
      const division = divideWrite([first.slice(taken), ...writes.slice(1)], found, true)
      writes = division.writes
      await told(division.accepted)
      await told(division.rejected, found.message)
      continue
    }
    writes = writes.slice(1)
    await told(first)
  }
}
