import type { CorrelationRule } from '../rule.ts'
import type { Entry } from './occurrence.ts'

/** Whether a correlation holds for the entries from `start` to `end`, both included and sorted, with the last of them. */
export function holds(
  { type, atLeast }: Pick<CorrelationRule, 'type' | 'atLeast'>,
  entries: readonly Entry[],
  start: number,
  end: number,
): boolean {
  switch (type) {
    case 'event_count':
      return end - start + 1 >= atLeast
    case 'value_count':
      return different(entries, start, end, atLeast, ({ value }) => value)
    case 'temporal':
      return different(entries, start, end, atLeast, ({ part }) => part)
    case 'temporal_ordered':
      return inOrder(entries, start, end, atLeast)
  }
}

function different(
  entries: readonly Entry[],
  start: number,
  end: number,
  atLeast: number,
  read: (entry: Entry) => unknown,
): boolean {
  const seen = new Set<unknown>()
  for (let index = end; index >= start && seen.size < atLeast; index--)
    seen.add(read(entries[index] as Entry))
  return seen.size >= atLeast
}

/**
 * Backwards from the last part, always taking the latest entry that fits, so that the whole sequence is as short as
 * possible. One event is only one step.
 */
function inOrder(entries: readonly Entry[], start: number, end: number, parts: number): boolean {
  let wanted = parts - 1
  if (entries[end]?.part !== wanted) return false
  let later = entries[end]?.gid
  for (let index = end - 1; index >= start && wanted > 0; index--) {
    const entry = entries[index] as Entry
    if (entry.part === wanted - 1 && entry.gid !== later) {
      wanted -= 1
      later = entry.gid
    }
  }
  return wanted === 0
}
