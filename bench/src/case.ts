import type { AsanaSettings, AsanaStats } from './asana/page-server.ts'
import type { FigureName, Figures } from './figures.ts'
import type { ReceiverSettings, ReceiverStats } from './receiver/receiver.ts'
import type { Servers } from './servers.ts'
import type { VariantOptions } from './variant.ts'

/** One row of a leg: a variant with its conditions, measured several times. */
export interface Case {
  /** Names the row within its leg. */
  readonly name: string
  /** A file in `variants`, or a way to measure a program as a whole, in `measures`. */
  readonly variant: string
  /** A text that says what the numbers are compared with. */
  readonly kind: 'ours' | 'peer' | 'floor'
  readonly events: number
  /** Events that are processed before the measurement begins, without latency and faults. */
  readonly warmUp: number
  readonly rounds: number
  readonly options: VariantOptions
  readonly asana: Partial<AsanaSettings>
  readonly receiver: Partial<ReceiverSettings>
  /** Flags of Node. */
  readonly flags?: readonly string[]
  /** After how many events the live memory is measured. */
  readonly heapAt?: readonly number[]
  /** The row of the same leg that is the floor of this one. Default `floor`. */
  readonly floor?: string
  /** Longest it may take. Default two minutes. */
  readonly timeoutMs?: number
  /** Figures of this row that follow from the requests that Asana counted. */
  readonly derived?: readonly FigureName[]
}

/** The measurements of one round, made in its process. */
export interface Own {
  readonly events: number
  /** Ids of quarantined events. */
  readonly setAside: readonly number[]
  readonly wallMs: number
  readonly cpuMs: number
  /** The most resident memory of the process. */
  readonly peakMb: number
  /** Live heap after a forced collection: the least of several samples after each count in `heapAt`. */
  readonly heapMb: readonly number[]
}

export interface Round extends Own {
  readonly asana: AsanaStats
  /** Missing for work that sends nothing, like the following ones. */
  readonly receiver?: Omit<ReceiverStats, 'missing'>
  /** Events that neither arrived nor were quarantined. */
  readonly lost?: number
  /** Bytes of an archive afterwards. */
  readonly storedBytes?: number
}

/** A round that measured something other than the cost of an event. */
export interface Look {
  readonly figures: Figures
  /** The share of the events that should have arrived in the meantime. */
  readonly lost?: number
}

/** A round that failed. */
export interface Failure {
  readonly error: string
}

export type Outcome = Round | Look | Failure

/** One round of a row. Never rejects, because a failure or a timeout is a result too. */
export type RunCase = (one: Case, servers: Servers) => Promise<Outcome>

/** A group of rows that are read together. */
export interface Leg {
  readonly name: string
  readonly title: string
  /** A text that says what is measured. */
  readonly about: string
  readonly cases: readonly Case[]
  /** Its rows run at the same time, each with its own servers. For rows that take long and do little. */
  readonly atOnce?: boolean
}
