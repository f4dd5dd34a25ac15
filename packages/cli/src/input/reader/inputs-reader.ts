import type { AuditLogEvent } from '@asana-audit/schema'
import { admission } from './admission.ts'
import type { EventQuery, EventReader, Reading } from './reading.ts'

/** One of the things that `--from` names: a file, standard input or an archive. */
export interface Input {
  /** All its events, or at least those of the time range that is asked for. Counts in `reading` what it leaves out. */
  events(range: Pick<EventQuery, 'since' | 'until'>, reading: Reading): AsyncIterable<AuditLogEvent>
  close?(): Promise<void>
}

/** Reads inputs one after the other, in the order given, and gives each event once. */
export function inputsReader(inputs: readonly Input[]): EventReader {
  return {
    async *read(wanted, reading) {
      const admits = admission(wanted, reading)
      for (const input of inputs)
        for await (const event of input.events(wanted, reading)) if (admits(event)) yield event
    },
    async close() {
      for (const input of inputs) await input.close?.()
    },
  }
}
