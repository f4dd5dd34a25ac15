import { indicatorAttributes, indicatorsFrom } from './indicators.ts'

/** The part of a `LogRecordProcessor`'s record that is used, in both SDK lines. */
export interface EmittedRecord {
  readonly attributes: { readonly [name: string]: unknown }
  setAttribute(name: string, value: string[]): unknown
}

/** Assignable to the `LogRecordProcessor` of `@opentelemetry/sdk-logs`, 0.2xx and 3.x. */
export interface IndicatorProcessor {
  onEmit(record: EmittedRecord): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/**
 * Adds the indicator lists to records that carry `asana.audit.actor.email`, `asana.audit.context.client_ip_address`
 * and the like, for hosts that map events themselves. Register it before the processor that exports. A list without
 * values is not added. Records of `toLogRecord` need no such processor.
 */
export function indicatorProcessor(): IndicatorProcessor {
  return {
    onEmit(record) {
      const found = indicatorsFrom((path) => record.attributes[`asana.audit.${path.join('.')}`])
      for (const [name, values] of Object.entries(indicatorAttributes(found)))
        record.setAttribute(name, values)
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}
