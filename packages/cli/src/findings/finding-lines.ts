import { type LineEncoder, objectLines } from '@asana-audit/jsonl'
import { jsonLines } from '@asana-audit/otlp/encoding'
import type { Dialect } from '../dialect.ts'
import type { Finding } from '../progress/finding/finding.ts'
import { type FindingOrigin, findingObjects } from './finding-object.ts'
import { findingRecord, findingScope } from './finding-record.ts'

/** Lines of findings beside events of this dialect. Undefined for Panther, where a finding has no place. */
export function findingLines(
  format: Dialect,
  origin: FindingOrigin,
  resource: Readonly<Record<string, string>>,
): LineEncoder<Finding> | undefined {
  if (format === 'panther') return undefined
  if (format === 'otlp')
    return jsonLines({ resource, scope: findingScope }, undefined, findingRecord(origin.pipeline))
  const toObject = findingObjects[format]
  return (findings) => objectLines(findings.map((finding) => toObject(finding, origin)))
}
