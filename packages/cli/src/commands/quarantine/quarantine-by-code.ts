import type { State, StoredQuarantineEntry } from '@asana-audit/core'

/** How many entries that are in quarantine now share pipeline, kind and code. */
export interface QuarantineCount extends Pick<StoredQuarantineEntry, 'pipeline' | 'kind' | 'code'> {
  readonly entries: number
}

/** By pipeline, and the most frequent code of a pipeline first. Entries that were replayed or discarded do not count. */
export async function quarantineByCode(state: Pick<State, 'quarantine'>): Promise<QuarantineCount[]> {
  const counts = new Map<string, QuarantineCount>()
  for await (const { pipeline, kind, code } of state.quarantine()) {
    const key = JSON.stringify([pipeline, kind, code])
    counts.set(key, { pipeline, kind, code, entries: (counts.get(key)?.entries ?? 0) + 1 })
  }
  return [...counts.values()].sort((a, b) =>
    a.pipeline === b.pipeline ? b.entries - a.entries : a.pipeline < b.pipeline ? -1 : 1,
  )
}
