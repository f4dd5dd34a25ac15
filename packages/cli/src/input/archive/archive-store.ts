import { folderStore, type ObjectStore, type S3StoreOptions, s3Store } from '@asana-audit/archive'
import type { ArchiveDestination } from '../../config/destination/archive-destination.ts'
import type { Proxies } from '../../config/proxy/proxies-from-env.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import type { Warning } from '../../terminal/problem.ts'
import { sayOnStderr } from '../../terminal/say.ts'

type Location = Pick<ArchiveDestination, 'location' | 's3'>

/** The place of an archive: for the sink, and for `check`. A temporary fault rejects at once. */
export function archiveStore(
  location: Location,
  proxies: Proxies,
  onWarning?: (warning: Warning) => void,
): ObjectStore {
  return openStore(location, proxies, { onWarning })
}

/** The same for a command that reads or joins an archive: it waits out temporary faults of a bucket, and says so on stderr. */
export function patientArchiveStore(location: Location, proxies: Proxies): ObjectStore {
  const { untilFirstWrite: untilFirstAnswer, afterwards } = unattended(undefined).sink
  return openStore(location, proxies, {
    giveUpAfterMs: { untilFirstAnswer, afterwards },
    onWarning: ({ message }) => sayOnStderr(`! ${message}`),
  })
}

function openStore(
  { location, s3 }: Location,
  proxies: Proxies,
  { giveUpAfterMs, onWarning }: Pick<S3StoreOptions, 'giveUpAfterMs' | 'onWarning'>,
): ObjectStore {
  if (!s3) return folderStore({ path: location, onWarning })
  const http = proxies.through(s3.credentials)
  const access = s3.access(http)
  return s3Store({ ...s3.address, ...s3.objects, ...http, access, giveUpAfterMs, onWarning })
}
