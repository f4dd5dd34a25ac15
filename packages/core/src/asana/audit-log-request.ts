import type { HttpClient } from '../http/http-client.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import type { Secret } from '../secrets/secret.ts'
import type { RequestBudget } from './request-budget.ts'

/** The documented parameters of the API. Times are RFC 3339. All filters must match. */
export interface AuditLogQuery {
  /** RFC 3339: only events created at this time or later. */
  readonly startAt?: string | undefined
  /** RFC 3339: only events created before this time. */
  readonly endAt?: string | undefined
  /** Only events of this type. */
  readonly eventType?: string | undefined
  /** Only events of actors of this type, for actors without an id. Asana wants it left out if `actorGid` is given. */
  readonly actorType?: string | undefined
  /** Only events of this actor. */
  readonly actorGid?: string | undefined
  /** Only events about this resource. */
  readonly resourceGid?: string | undefined
  /**
   * Events in a page.
   *
   * Asana's documentation says 1,000 by default in one place and 1 to 100 in another.
   * @default not sent
   */
  readonly limit?: number | undefined
  /** From the previous page. Send it with the same filters as that page. */
  readonly offset?: string | undefined
}

/** How to reach the audit log of one workspace. */
export interface AuditLogAccess {
  /** The gid of the workspace: "Domain ID" in the settings of the admin console. */
  readonly workspace: string
  /**
   * A service account's token, or a function that returns it and is called before every request.
   *
   * After a refusal, and every 2 seconds in a pause, it is called again: another token is used at once.
   */
  readonly token: Secret
  /**
   * The only place the token is sent to.
   * @default `https://app.asana.com/api/1.0`
   */
  readonly baseUrl?: string | undefined
  /**
   * An `httpClient`: for a proxy, for your own certificates, or to share connections.
   * @default one of its own
   */
  readonly http?: HttpClient | undefined
  /** A `requestBudget`, or an object of your own with `take` and `hold`. Share it between everything that uses the token. */
  readonly budget?: RequestBudget | undefined
  /**
   * Longest time for one request, from connecting to the last byte, in milliseconds.
   * @default 60_000
   */
  readonly deadlineMs?: number | undefined
  /**
   * Largest answer in bytes, after decompression. If an answer is larger, a source asks for pages of 100, then 10, then 1.
   * @default 96 MiB
   */
  readonly maxResponseBytes?: number | undefined
}

export interface AuditLogRequest extends AuditLogAccess, AuditLogQuery {
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined
}

export const asanaBaseUrl = 'https://app.asana.com/api/1.0'

export const accessNames: OptionNames<AuditLogAccess> = {
  ...{ workspace: true, token: true, baseUrl: true, http: true, budget: true },
  ...{ deadlineMs: true, maxResponseBytes: true },
}

const requestNames: OptionNames<AuditLogRequest> = {
  ...accessNames,
  ...{ startAt: true, endAt: true, eventType: true, actorType: true, actorGid: true, resourceGid: true },
  ...{ limit: true, offset: true, signal: true },
}

/** Throws a fatal `unknown_option`. */
export function checkRequest(request: AuditLogRequest): void {
  refuseUnknownOptions('getAuditLogEvents', requestNames, request)
}
