// A process of kills.test.ts: Asana into an archive until it has caught up, or until it is killed right after an object was created.
import { deliverLanes } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import {
  type ArchiveFormat,
  archiveSink,
  folderStore,
  type ObjectStore,
  s3AccessFromEnv,
  s3Store,
} from '../../src/index.ts'

const { ASANA_BASE_URL: baseUrl, ASANA_WORKSPACE: workspace = '', ASANA_TOKEN: token = '' } = process.env
const {
  FORMATS: formats = 'jsonl',
  ARCHIVE: path = '',
  STATE: statePath = '',
  DIE_AFTER: dieAfter,
  ENDPOINT: endpoint,
} = process.env

/** 0: right after the first one, before it is recorded. */
function dying(store: ObjectStore): ObjectStore {
  let objects = 0
  return {
    ...store,
    async create(key, bytes, signal) {
      const outcome = await store.create(key, bytes, signal)
      if (dieAfter !== undefined && !key.startsWith('_')) {
        if (objects === Number(dieAfter)) process.kill(process.pid, 'SIGKILL')
        objects += 1
      }
      return outcome
    },
  }
}

function store(): ObjectStore {
  if (endpoint === undefined) return dying(folderStore({ path }))
  const { access } = s3AccessFromEnv(process.env, { region: 'us-east-1' })
  return s3Store({ endpoint, bucket: path, access: access! })
}

await using state = sqliteState({ path: statePath })
await using sink = archiveSink({
  ...{ store: store(), lane: 'test', maxRows: 500 },
  formats: formats.split(',') as ArchiveFormat[],
  ocsf: { region: 'eu-central-1' },
})
await deliverLanes({
  source: { workspace, token, baseUrl, once: true },
  ...{ sink, state, pipeline: 'test', onFatal: 'reject' },
  map: (event) => event,
})
