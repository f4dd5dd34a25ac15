import type { AsanaSettings, AsanaStats } from './asana/page-server.ts'
import type { FigureName, Figures } from './figures.ts'
import type { ReceiverSettings, ReceiverStats } from './receiver/receiver.ts'
import type { Servers } from './servers.ts'
import type { VariantOptions } from './variant.ts'

/** One row of a leg: a variant with its surroundings, measured some times. */
export interface Case {
  /** Names the row within its leg. */
  readonly name: string
  /** A file in `variants`, or a way to measure a program as a whole, in `measures`. */
  readonly variant: string
  /** What the numbers are compared with. */
  readonly kind: 'ours' | 'peer' | 'floor'
  readonly events: number
  /** Events that are worked on before measuring begins, without latency and faults. */
  readonly warmUp: number
  readonly rounds: number
  readonly options: VariantOptions
  readonly asana: Partial<AsanaSettings>
  readonly receiver: Partial<ReceiverSettings>
  /** Of Node. */
  readonly flags?: readonly string[]
  /** Where live memory is looked at, in events. */
  readonly heapAt?: readonly number[]
  /** The row of the same leg that is the floor of this one. Default `floor`. */
  readonly floor?: string
  /** Longest it may take. Default two minutes. */
  readonly timeoutMs?: number
  /** Figures that follow from what Asana counted, to be told of this row. */
  readonly derived?: readonly FigureName[]
}

/** What was measured of one round, in the process that did the work. */
export interface Own {
  readonly events: number
  /** Ids of what was kept with a reason instead of being delivered. */
  readonly setAside: readonly number[]
  readonly wallMs: number
  readonly cpuMs: number
  /** Most resident memory, of the whole life of the process. */
  readonly peakMb: number
  /** Live heap after a forced collection, the least of some looks from each of `heapAt` on. */
  readonly heapMb: readonly number[]
}

export interface Round extends Own {
  readonly asana: AsanaStats
  /** Left out for work that sends nothing, as what follows. */
  readonly receiver?: Omit<ReceiverStats, 'missing'>
  /** Events that neither arrived nor were set aside. */
  readonly lost?: number
}

/** A round in which something else was measured than the cost of an event. */
export interface Look {
  readonly figures: Figures
  /** Of what should have arrived meanwhile. */
  readonly lost?: number
}

/** A round that did not come to its end. */
export interface Failure {
  readonly error: string
}

export type Outcome = Round | Look | Failure

/** One round of a row. Never rejects: what fails or takes too long is a result as well. */
export type RunCase = (one: Case, servers: Servers) => Promise<Outcome>

/** A group of rows that are read together. */
export interface Leg {
  readonly name: string
  readonly title: string
  /** What is measured, for the reader. */
  readonly about: string
  readonly cases: readonly Case[]
  /** Its rows run at the same time, each with servers of its own: for what takes long and does little. */
  readonly atOnce?: boolean
}
