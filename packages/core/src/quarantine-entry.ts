export type QuarantineKind =
  /** The source could not accept it as an event, or `map` threw on it. */
  | 'malformed'
  /** The destination will never take it. */
  | 'rejected'
  /** The destination took an unknown part of the write it was in. */
  | 'uncertain'

export interface QuarantineEntry {
  readonly kind: QuarantineKind
  /** The event's own id; undefined when it has none. */
  readonly id: string | undefined
  /** The fault's code, or `not_an_event`. */
  readonly code: string
  readonly reason: string
  /** The whole event, after the field policy. */
  readonly event: unknown
}

/** What a quarantine (a dead-letter queue) holds of an entry. */
export interface StoredQuarantineEntry extends QuarantineEntry {
  /** Counts up over the whole state; names the entry in commands. */
  readonly number: number
  readonly pipeline: string
  /** RFC 3339. */
  readonly quarantinedAt: string
}

/** How many entries with one pipeline, kind and code are in the quarantine. */
export interface QuarantineCount extends Pick<StoredQuarantineEntry, 'pipeline' | 'kind' | 'code'> {
  readonly entries: number
}
