/** What Splunk keeps beside every event. An empty one is left to the token's own setting. */
export interface HecMetadata {
  /**
   * Splunk's `host` of events that have none. The gid of the workspace tells tenants apart.
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

/** One event for the HTTP Event Collector. Its metadata go before those of the sink. */
export interface HecEvent extends HecMetadata {
  /** When it happened, in whole milliseconds since 1970. Without it Splunk takes the time of receipt. */
  readonly timeMs?: number | undefined
  /** Any JSON value but null and the empty string, which the collector refuses. */
  readonly event: unknown
  /** Indexed beside the event: searchable without reading it. A list becomes a field with several values. */
  readonly fields?: Readonly<Record<string, HecScalar | readonly HecScalar[]>> | undefined
}

export function isHecScalar(value: unknown): value is HecScalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
