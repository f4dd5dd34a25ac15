/** The metadata Splunk stores with every event. For an empty value the token's own setting is used. */
export interface HecMetadata {
  /**
   * Splunk's `host` of events that have none. Use the gid of the workspace to separate tenants.
   * @default the token's own
   */
  readonly host?: string | undefined
  /**
   * Splunk's `source` of events that have none.
   * @default the token's own
   */
  readonly source?: string | undefined
  /**
   * Splunk's `sourcetype` of events that have none.
   * @default the token's own
   */
  readonly sourcetype?: string | undefined
  /**
   * Splunk's `index` of events that have none. If the token may not write to it, the destination stops.
   * @default the token's own
   */
  readonly index?: string | undefined
}

export type HecScalar = string | number | boolean

/** One event for the HTTP Event Collector. Its metadata takes precedence over the sink's. */
export interface HecEvent extends HecMetadata {
  /** When it happened, in whole milliseconds since 1970. Without it Splunk takes the time of receipt. */
  readonly timeMs?: number | undefined
  /** Any JSON value except null and the empty string, which the collector refuses. */
  readonly event: unknown
  /** Indexed fields: searchable without reading the event. A list becomes a field with several values. */
  readonly fields?: Readonly<Record<string, HecScalar | readonly HecScalar[]>> | undefined
}

export function isHecScalar(value: unknown): value is HecScalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
