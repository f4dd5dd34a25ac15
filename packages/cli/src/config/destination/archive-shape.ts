import type { ArchiveFormat } from '@asana-audit/archive'
import type { Problem } from '../../terminal/problem.ts'
import type { DestinationMap } from './destination-map.ts'

/** In what formats an archive keeps events. */
export interface ArchiveShape {
  /** Undefined: JSON lines alone. */
  readonly formats: readonly ArchiveFormat[] | undefined
  /** Undefined without the format `ocsf`. */
  readonly ocsf: { readonly region: string; readonly accountId: string | undefined } | undefined
}

type ArchiveMap = Extract<DestinationMap, { kind: 'archive' }>['map']

/** Adds problems to the list. `bucketRegion`: of the bucket, which may be that of Security Lake. */
export async function archiveShape(
  { formats, ocsf_region: ocsfRegion, ocsf_account: accountId }: ArchiveMap,
  bucketRegion: string | undefined,
  settingName: (key: string) => string,
  problems: Problem[],
): Promise<ArchiveShape> {
  const none: ArchiveShape = { formats: undefined, ocsf: undefined }
  const isOcsf = formats?.includes('ocsf') ?? false
  for (const [key, value] of Object.entries({ ocsf_region: ocsfRegion, ocsf_account: accountId })) {
    if (value === undefined || isOcsf) continue
    const message = 'It is only for the format ocsf. Leave it out, or add ocsf to formats.'
    problems.push({ setting: settingName(key), message })
  }
  if (formats === undefined) return none
  const { archiveFormatsProblem, ocsfProblem } = await import('@asana-audit/archive')
  const message = archiveFormatsProblem(formats)
  if (message !== undefined) {
    problems.push({ setting: settingName('formats'), message })
    return none
  }
  const known = formats as readonly ArchiveFormat[]
  if (!isOcsf) return { formats: known, ocsf: undefined }
  const ocsf = { region: ocsfRegion ?? bucketRegion ?? '', accountId }
  const wrong = ocsfProblem(ocsf)
  if (wrong) {
    const setting = settingName(wrong.option === 'region' ? 'ocsf_region' : 'ocsf_account')
    problems.push({ setting, message: wrong.message })
  }
  return { formats: known, ocsf }
}
