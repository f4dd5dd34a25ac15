/** Whole UTC hours, in milliseconds since 1970: from the start of one up to the start of another. */
export interface HourSpan {
  readonly from: number
  readonly until: number
}

/** A time, in milliseconds since 1970: from, and before. */
export interface TimeSpan {
  readonly from: number
  readonly until: number
}

/** `quarantined`: we or the destination refused it. `uncertain`: the destination may have accepted it. */
export type LedgerKind = 'delivered' | 'quarantined' | 'uncertain'

/** The sum of the hashes of what events hold, each after all that its source makes of it. */
export interface LedgerContent {
  readonly sum: number
  /** See `Source.contentForm`. */
  readonly form: string
}

/** What became of the events of one UTC hour of `created_at`: how many, and the sums of the hashes of their ids and contents. */
export interface LedgerHour {
  /** Milliseconds since 1970. */
  readonly hour: number
  readonly kind: LedgerKind
  readonly count: number
  readonly checksum: bigint
  /** Undefined if not all of it was recorded, or not in one form. */
  readonly content?: LedgerContent | undefined
}
