import { type Sink, type StoredQuarantineEntry, toFault } from '@asana-audit/core'
import { divideWrite, type Write } from '@asana-audit/core/sink-kit'

type Entry = Pick<StoredQuarantineEntry, 'number' | 'id'>

/** An entry of the quarantine and the record that the sink gets for it. */
export interface Replayable {
  readonly entry: Entry
  readonly record: unknown
}

/**
 * Sends one write, and divides it if the destination rejects a part. Calls `onOutcome` with entries as soon as their outcome is known,
 * without a problem if they were accepted. If the destination accepted an unknown part, that part is sent again too: otherwise one bad
 * record would keep all the others in quarantine. Rejects with every fault that is not a rejection. Nothing is retried.
 */
export async function replayWrite(
  replayables: readonly Replayable[],
  sink: Sink<unknown>,
  onOutcome: (entries: readonly Entry[], problem?: string) => Promise<void>,
): Promise<void> {
  const report = async (indexes: Write, problem?: string): Promise<void> => {
    if (indexes.length > 0)
      await onOutcome(
        indexes.map((index) => replayables[index]!.entry),
        problem,
      )
  }
  const neverAborted = new AbortController().signal
  let writes: readonly Write[] = replayables.length > 0 ? [[...replayables.keys()]] : []
  for (let [first] = writes; first; [first] = writes) {
    try {
      await sink.write(
        first.map((index) => replayables[index]!.record),
        neverAborted,
      )
    } catch (error) {
      const found = toFault(error, first.length)
      const taken = found.accepted ?? 0
      await report(first.slice(0, taken))
      if (found.fault !== 'rejected') throw found
      const division = divideWrite([first.slice(taken), ...writes.slice(1)], found, true)
      writes = division.writes
      await report(division.accepted)
      await report(division.rejected, found.message)
      continue
    }
    writes = writes.slice(1)
    await report(first)
  }
}
