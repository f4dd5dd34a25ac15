import { setImmediate as turn } from 'node:timers/promises'

/** Runs `work` for each item, this many at once, started in the order of the items. */
export async function atOnce<T>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  for (const item of items) {
    if (running.size >= most) await Promise.race(running)
    const one = work(item).finally(() => running.delete(one))
    running.add(one)
    // A request is sent when the event loop turns. Without this turn all would be encoded first, and then all sent.
    await turn()
  }
  await Promise.all(running)
}
