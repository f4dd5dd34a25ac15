import { join } from 'node:path'
import { archiveSink, folderStore, type ObjectStore, s3Store } from '@asana-audit/archive'
import { asanaSource, deliver, requestBudget } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { keepAll } from '@asana-audit/schema'
import { benchBucket, storeAccess } from '../archive/store-access.ts'
import type { Setup, Variant } from '../variant.ts'

/** As in the command: the source, `deliver`, a state on disk, and an archive with a manifest. Events stay whole, as the others write them. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const { token, asanaUrl: baseUrl, formats = ['jsonl'], folder } = setup
    await using state = sqliteState({ path: join(folder, `${workspace}.db`) })
    const budget = requestBudget({ perMinute: 1e6 })
    const source = asanaSource({ workspace, token, baseUrl, budget, once: true, fieldPolicy: keepAll })
    const ocsf = { region: 'eu-central-1' }
    await using sink = archiveSink({ store: storeOf(setup, workspace), lane: 'bench', formats, ocsf })
    const claim = await state.claim('bench')
    const { delivered } = await deliver({
      ...{ source, sink, map: (event) => event, onFatal: 'reject' },
      lane: await claim.lane('live', source.fingerprint),
      onFact: (fact) => {
        if (fact.type === 'committed') onEvents(fact.events)
      },
    })
    await claim.release()
    return { events: delivered }
  },
})

function storeOf({ store, place = '' }: Setup, workspace: string): ObjectStore {
  if (store !== 's3') return folderStore({ path: join(place, workspace) })
  return s3Store({ endpoint: place, bucket: benchBucket, prefix: workspace, access: storeAccess })
}
