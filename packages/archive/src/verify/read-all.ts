import type { ObjectStore } from '../store/object-store.ts'

/** Objects that are fetched at once. */
const atOnce = 8

/** Reads objects in the order of the keys, some of them ahead of their turn. */
export async function* readAll(
  store: ObjectStore,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly [key: string, bytes: Uint8Array | undefined]> {
  for (let from = 0; from < keys.length; from += atOnce) {
    const some = keys.slice(from, from + atOnce)
    yield* await Promise.all(some.map(async (key) => [key, await store.read(key, signal)] as const))
  }
}
