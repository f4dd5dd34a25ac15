import type { FaultKind } from './faults.ts'

/** A request and the result it got. Never holds the token. */
export interface ServedRequest {
  method: string
  /** Path and query. */
  url: string
  /** Undefined when the connection was reset instead. */
  status: number | undefined
  fault: FaultKind | undefined
  /** How many events the answer holds. */
  events: number
}
