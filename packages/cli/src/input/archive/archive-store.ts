import { folderStore, type ObjectStore, s3Store } from '@asana-audit/archive'
import type { ArchiveDestination } from '../../config/destination/archive-destination.ts'
import type { Proxies } from '../../config/proxy/proxies-from-env.ts'
import type { Warning } from '../../terminal/problem.ts'

/** The place of an archive: for the sink, for `check` and for commands that read it. */
export function archiveStore(
  { location, s3 }: Pick<ArchiveDestination, 'location' | 's3'>,
  proxies: Proxies,
  onWarning?: (warning: Warning) => void,
): ObjectStore {
  if (!s3) return folderStore({ path: location, onWarning })
  const http = proxies.through(s3.credentials)
  return s3Store({ ...s3.address, ...s3.objects, ...http, access: s3.access(http), onWarning })
}
