import { type ArchiveFormat, folderStore, type ObjectStore } from '../../src/index.ts'
import type { TestEvent } from './archive-folder.ts'
import { archiveIn, going } from './archive-in.ts'

/** A store whose process dies after so many objects of any kind, events or entries. */
function dyingStore(store: ObjectStore, creations: number): ObjectStore {
  let left = creations
  return {
    ...store,
    async create(key, bytes, signal) {
      if (left <= 0) throw new Error('dead')
      left -= 1
      const outcome = await store.create(key, bytes, signal)
      if (left <= 0) throw new Error('dead')
      return outcome
    },
  }
}

/** The time of a process: how large its writes are, and after how many objects of any kind it dies. */
export interface Life {
  readonly size: number
  readonly creations: number
}

/**
 * Delivers as the loop does: writes of some size, and a position that is saved after a write resolves. At each death the next process
 * begins at the saved position, and cuts its writes elsewhere. `savesFirst`: the bug that the position is saved before the write.
 */
export async function deliverWithDeaths(
  folder: string,
  events: readonly TestEvent[],
  lives: readonly Life[],
  { savesFirst = false, formats = ['jsonl'] as readonly ArchiveFormat[] } = {},
): Promise<void> {
  let saved = 0
  for (const { size, creations } of [...lives, { size: 7, creations: Number.POSITIVE_INFINITY }]) {
    const sink = archiveIn(folder, { formats, store: dyingStore(folderStore({ path: folder }), creations) })
    try {
      while (saved < events.length) {
        const write = events.slice(saved, saved + size)
        if (savesFirst) saved += size
        await sink.write(write, going())
        if (!savesFirst) saved += size
      }
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'dead') throw error
    }
    await sink.close()
  }
}
