import type { Identified } from '@asana-audit/core'
import type { ObjectForm } from '../object-form.ts'
import { readParquet } from '../parquet/read-parquet.ts'
import { asReason } from '../parquet/unfit-parquet.ts'
import { writeParquet } from '../parquet/write-parquet.ts'
import type { ArchiveViewOptions } from '../view-options.ts'
import { type OcsfClass, ocsfClasses, ocsfColumns } from './ocsf-columns.ts'
import { type OcsfRow, storedRow } from './stored-row.ts'

export interface OcsfFormatOptions {
  /** The region of Amazon Security Lake, such as `eu-central-1`. */
  readonly region: string
  /**
   * The AWS account that the events count for: 12 digits, or `external`, or `external_` and a name.
   * @default 'external'
   */
  readonly accountId?: string | undefined
}

/** A source takes the events of one class. Its name has 20 characters at most, since a role is named after it. */
const sources: Readonly<Record<OcsfClass, string>> = {
  0: 'asana_base_event',
  3001: 'asana_account_change',
  3002: 'asana_authentication',
  3004: 'asana_entity',
  3005: 'asana_user_access',
  6001: 'asana_web_resources',
  6006: 'asana_file_hosting',
}

/** Parquet of OCSF 1.3 in the layout of a custom source of Amazon Security Lake: a form for each class, without the event itself. */
export function ocsfParquet(
  { region, accountId = 'external' }: OcsfFormatOptions,
  view: ArchiveViewOptions = {},
): ObjectForm[] {
  // The tables of OCSF are loaded for events, and not to read what is stored.
  let rows: ReturnType<typeof import('./ocsf-rows.ts').ocsfRows> | undefined
  async function rowsOf(events: readonly Identified[], classUid: OcsfClass): Promise<OcsfRow[]> {
    rows ??= (await import('./ocsf-rows.ts')).ocsfRows(view)
    return rows(events, classUid)
  }
  return ocsfClasses.map((classUid) => ({
    ...({ format: 'ocsf', isRecord: false, ending: '.parquet', unit: 'row' } as const),
    folder: `${ocsfFolder}${sources[classUid]}/region=${region}/accountId=${accountId}/`,
    partition: (day) => `eventDay=${day.replaceAll(/(?<=\d)-/g, '')}`,
    rowsOf: (events) => rowsOf(events, classUid),
    encode: (ofClass) =>
      writeParquet({
        ...{ columns: ocsfColumns(classUid), rows: ofClass as Iterable<OcsfRow> },
        metadata: { 'asana-audit.format': `ocsf 1, class ${classUid} of OCSF 1.3.0` },
      }),
    async decode(bytes) {
      const stored = await readParquet(bytes).catch((error: unknown) => {
        throw asReason(error, 'its bytes are cut off, or are not Parquet')
      })
      return stored.map(storedRow)
    },
  }))
}

/** What the keys of all its objects begin with. */
export const ocsfFolder = 'ext/'

const keyForm =
  /^(ext\/[^/]+\/)region=([^/]+)\/accountId=([^/]+)\/eventDay=([+-]\d{6}|\d{4})(\d\d)(\d\d)\/[^/.][^/]*\.parquet$/

/** The day and form of an object of this layout; undefined for another key. */
export function readOcsfKey(key: string): { readonly day: string; readonly form: ObjectForm } | undefined {
  const [, source = '', region = '', accountId, year, month, day] = keyForm.exec(key) ?? []
  const form = ocsfParquet({ region, accountId }).find(({ folder }) => folder.startsWith(source))
  return source === '' || form === undefined ? undefined : { day: `${year}-${month}-${day}`, form }
}

/** Why objects cannot have these places, in a whole sentence; undefined if they can. */
export function ocsfProblem({
  region,
  accountId,
}: OcsfFormatOptions): { option: 'region' | 'accountId'; message: string } | undefined {
  if (typeof region !== 'string' || !/^[a-z][a-z0-9-]{1,40}$/.test(region))
    return { option: 'region', message: 'Give the region of Security Lake, for example eu-central-1.' }
  if (accountId === undefined || /^(\d{12}|external(_[\w-]{1,64})?)$/.test(accountId)) return undefined
  const message = 'Give the 12 digits of an AWS account, external, or external_ and a name.'
  return { option: 'accountId', message }
}
