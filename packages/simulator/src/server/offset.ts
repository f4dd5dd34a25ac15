import { createHmac } from 'node:crypto'
import type { Position } from './event-log.ts'

/** The content of an offset, which only the server reads. */
export interface Offset {
  position: Position
  /** The filters it was issued for, as a query string. */
  filterQuery: string
  /** Milliseconds since 1970. */
  issuedAt: number
  serial: number
}

export interface Offsets {
  /** A new text at every call, even for the same position. */
  issue(offset: Omit<Offset, 'serial'>): string
  /** Undefined if the text was not issued with this key. */
  read(text: string): Offset | undefined
  hasExpired(offset: Offset, now: number, ttlMs: number): boolean
  /** Makes all offsets issued so far expire at once. */
  expireAll(): void
}

/**
 * Offsets look like the only real one that is public: a signed token in three parts. Clients must not interpret them,
 * and an altered offset is refused.
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
