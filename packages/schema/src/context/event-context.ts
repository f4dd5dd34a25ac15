import type { AuditLogEvent } from '../event/event.ts'
import type { Instant } from '../event/instant.ts'

/** What is known about an event beside what Asana says. What is not known is left out. */
export interface EventContext {
  /** What the text of `context.user_agent` says. */
  readonly userAgent?: UserAgent | undefined
  /** Where the address of the client is. */
  readonly geo?: Geo | undefined
  /** The network that the address belongs to. */
  readonly as?: AutonomousSystem | undefined
  /** How the event came to where it is written. */
  readonly provenance?: Provenance | undefined
}

/** The client as it calls itself: anybody can send any text. */
export interface UserAgent {
  /** `Chrome`, `curl`. */
  readonly name?: string | undefined
  readonly version?: string | undefined
  /** `Windows`, `iOS`. */
  readonly osName?: string | undefined
  readonly osVersion?: string | undefined
}

/** A place, as precise as the database has it for an address. */
export interface Geo {
  /** `EU`; two letters. */
  readonly continentCode?: string | undefined
  /** `DE`; ISO 3166-1, two letters. */
  readonly countryIsoCode?: string | undefined
  /** `DE-BE`; ISO 3166-2. */
  readonly regionIsoCode?: string | undefined
  /** `Berlin`; a city, town or village. */
  readonly localityName?: string | undefined
  readonly postalCode?: string | undefined
  /** Degrees of WGS 84; a place has both or none. */
  readonly lat?: number | undefined
  readonly lon?: number | undefined
}

/** An autonomous system of the internet: a provider, a cloud, a company. */
export interface AutonomousSystem {
  /** `64496`, without AS. */
  readonly number?: number | undefined
  /** The organization it is registered for. */
  readonly organizationName?: string | undefined
}

/** How an event came to where it is written: for whoever asks why it is there, or why it is there twice. */
export interface Provenance {
  /** Where it was read: from Asana, from an archive, or from the quarantine of a pipeline. */
  readonly source?: 'audit_log' | 'archive' | 'quarantine' | undefined
  /** The gid of the workspace. */
  readonly workspace?: string | undefined
  /** The name of the pipeline that delivered it. */
  readonly pipeline?: string | undefined
  /** The version of asana-audit that delivered it. */
  readonly version?: string | undefined
  /** The run of asana-audit that delivered it: a UUID, another one for each process. */
  readonly run?: string | undefined
  /** When the page with it came from Asana: `[seconds, nanoseconds]` since 1970. */
  readonly receivedAt?: Instant | undefined
  /**
   * `repeat`: the pipeline had delivered it before, or other events of its time. `repair`: of an hour that was delivered again to repair
   * it. `replay`: from an archive. `first`: none of these is known.
   */
  readonly delivery?: 'first' | 'repeat' | 'repair' | 'replay' | undefined
}

/** Finds the context of an event; undefined if there is none. It gets the event after the field policy, and must not throw. */
export type ContextOf = (event: AuditLogEvent) => EventContext | undefined
