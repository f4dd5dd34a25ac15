import { folderStore, readArchive } from '@asana-audit/archive'
import type { Variant } from '../variant.ts'

/** How often the events are counted. */
const everyEvents = 1_000

/** The first events of an archive, one by one, as `query` reads them. */
export const variant: Variant = ({ place = '' }) => ({
  async run({ events, onEvents }) {
    let read = 0
    for await (const _ of readArchive({ store: folderStore({ path: place }) })) {
      read += 1
      if (read % everyEvents === 0) onEvents(everyEvents)
      if (read === events) break
    }
    return { events: read }
  },
})
