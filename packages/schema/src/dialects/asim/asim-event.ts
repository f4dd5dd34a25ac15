import type { AsimSchema } from '../../mapping/asim-events.ts'

/** An event in one of three schemas of ASIM: flat, a field is a column. Fields that the event does not have are left out. */
export interface AsimEvent {
  /** UTC, up to seven decimals; the time of the event, as are `EventStartTime` and `EventEndTime`. */
  TimeGenerated: string
  EventSchema: AsimSchema
  EventSchemaVersion: string
  EventType: string
  EventResult: 'Success' | 'Failure' | 'NA'
  EventSeverity: 'Informational' | 'Low' | 'Medium' | 'High'
  EventCount: 1
  EventVendor: 'Asana'
  EventProduct: 'Asana'
  /** The gid: two events with the same one are repeats. */
  EventOriginalUid: string
  /** Asana's event type. */
  EventOriginalType: string
  /** The whole event and its context, under the names of their OTLP attributes. */
  AdditionalFields: { [name: string]: unknown }
  [column: string]: unknown
}
