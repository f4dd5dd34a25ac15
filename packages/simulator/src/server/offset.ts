import { createHmac } from 'node:crypto'
import type { Position } from './event-log.ts'

/** What an offset says, to the server alone. */
export interface Offset {
  position: Position
  /** The filters it was issued for, as a query string. */
  filterQuery: string
  /** Milliseconds since 1970. */
  issuedAt: number
  serial: number
}

export interface Offsets {
  /** A new text at every call, also for one and the same position. */
  issue(offset: Omit<Offset, 'serial'>): string
  /** Undefined for a text that was not issued with this key. */
  read(text: string): Offset | undefined
  hasExpired(offset: Offset, now: number, ttlMs: number): boolean
  /** Everything issued so far has expired, however young. */
  expireAll(): void
}

/**
 * Offsets look as the one real specimen in public does: a signed token in three parts. What a client reads into
 * one is its own fault, and an altered one is refused.
 */
export function createOffsets(key: string): Offsets {
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  let issued = 0
  let expired = 0

  function sign(text: string): string {
    return createHmac('sha256', key).update(text).digest('base64url')
  }

  return {
    issue(offset) {
      const payload = `${header}.${encode({ ...offset, serial: ++issued })}`
      return `${payload}.${sign(payload)}`
    },
    read(text) {
      const [head, claims, signature, ...rest] = text.split('.')
      if (!claims || rest.length > 0 || signature !== sign(`${head}.${claims}`)) return undefined
      return JSON.parse(Buffer.from(claims, 'base64url').toString())
    },
    hasExpired: ({ serial, issuedAt }, now, ttlMs) => serial <= expired || now - issuedAt >= ttlMs,
    expireAll() {
      expired = issued
    },
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
