import type { Dialect } from '../dialect.ts'
import type { EventFilter } from '../input/events/event-filter.ts'
import type { SourceSettings } from '../input/source-settings.ts'
import type { EventField } from './event-field.ts'
import type { OutputForm } from './event-writer.ts'
import type { Zone } from './zone.ts'

export interface QuerySettings {
  readonly source: SourceSettings
  readonly filter: EventFilter
  readonly form: OutputForm
  /** The dialect of the lines of `jsonl`. */
  readonly dialect: Dialect
  readonly zone: Zone
  /** Only this many of the newest events. */
  readonly last: number | undefined
  /** Count by these instead of showing events. */
  readonly countBy: readonly EventField[] | undefined
  readonly top: number | undefined
  /** The gid of the event in the middle. */
  readonly around: string | undefined
  readonly windowMs: number
}
