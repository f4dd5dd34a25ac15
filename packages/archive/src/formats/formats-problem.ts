import { nearestName } from '@asana-audit/schema/options'
import { archiveFormats, recordFormats } from './object-form.ts'

/** Why an archive cannot have these formats, in whole sentences; undefined if it can. */
export function archiveFormatsProblem(formats: readonly string[]): string | undefined {
  const good = `Give one or more of ${archiveFormats.join(', ')}.`
  if (formats.length === 0) return `It names no format. ${good}`
  const known: readonly string[] = archiveFormats
  const records: readonly string[] = recordFormats
  const unknown = formats.find((format) => !known.includes(format))
  if (unknown === undefined && formats.some((format) => records.includes(format))) return undefined
  if (unknown === undefined)
    return `${formats[0]} does not give the events back, so it can only stand beside a format that does. Add jsonl or flat, for example [jsonl, ${formats[0]}].`
  const nearest = unknown === 'parquet' ? 'flat' : nearestName(unknown, archiveFormats)
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return `${JSON.stringify(unknown)} is not a format of an archive.${meant} ${good}`
}
