import { millisAt } from '@asana-audit/schema/lossless'
import type { Identified, Identity } from '../contract.ts'
import { contentHash } from './content-hash.ts'

/** `created_at` was checked when the event came. */
export function identityOf(event: Identified): Identity {
  return { id: event.gid, at: millisAt(event.created_at), content: contentHash(event) }
}
