import type { Secret } from '../files/watched-secret.ts'
import type { HttpClient } from '../http/http-client.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import type { RequestBudget } from './request-budget.ts'

/** The documented parameters of the one operation. Times are RFC 3339; all filters combine. */
export interface AuditLogQuery {
  /** Created at this time or later. */
  readonly startAt?: string | undefined
  /** Created before this time. */
  readonly endAt?: string | undefined
  /** Exactly one type. */
  readonly eventType?: string | undefined
  /** For actors without an id; Asana wants it left out beside `actorGid`. */
  readonly actorType?: string | undefined
  readonly actorGid?: string | undefined
  readonly resourceGid?: string | undefined
  /** Sent only when given: the documentation says 1,000 by default in one place and 1 to 100 in another. */
  readonly limit?: number | undefined
  /** From the previous page, together with the filters that page was asked for. */
  readonly offset?: string | undefined
}

/** How to reach the audit log of one workspace. */
export interface AuditLogAccess {
  /** The gid of the workspace: Admin console, Settings, "Domain ID". */
  readonly workspace: string
  /** A service account's token, or how to get it: asked before every request, so a token mended on disk is used at once. */
  readonly token: Secret
  /** Default `https://app.asana.com/api/1.0`. */
  readonly baseUrl?: string | undefined
  /** Shared by callers who want one connection pool; else one is made for each call. */
  readonly http?: HttpClient | undefined
  readonly budget?: RequestBudget | undefined
  /** For one request, from connecting to the last byte. Default 60,000. */
  readonly deadlineMs?: number | undefined
  /** Most bytes of one answer. Default 96 MiB. */
  readonly maxResponseBytes?: number | undefined
}

export interface AuditLogRequest extends AuditLogAccess, AuditLogQuery {
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
