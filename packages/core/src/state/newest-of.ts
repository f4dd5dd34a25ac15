import type { Identity } from '../contract.ts'

/**
 * The time of the newest of these events in milliseconds since 1970; null if there is none. An event dated after `now` must not make the ids
 * of the present look old.
 */
export function newestOf(identities: readonly Pick<Identity, 'at'>[], now: number): number | null {
  let newest: number | null = null
  for (const { at } of identities) if (at <= now && (newest === null || at > newest)) newest = at
  return newest
}
