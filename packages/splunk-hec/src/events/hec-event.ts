/** What Splunk keeps beside every event. An empty one is left to the token's own setting. */
export interface HecMetadata {
  readonly host?: string | undefined
  readonly source?: string | undefined
  readonly sourcetype?: string | undefined
  /** One the token may not write to stops the whole destination. */
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
