import { readFileSync } from 'node:fs'
import type { Rule } from '@asana-audit/detections'
import { parseAllDocuments } from 'yaml'

export interface SigmaDetection {
  readonly condition: string | readonly string[]
  readonly [identifier: string]: unknown
}

/** The search of a rule as it is written. */
export function detectionOf({ file, id }: Rule): SigmaDetection {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map(
    (document) => document.toJS() as { readonly id?: string; readonly detection?: SigmaDetection },
  )
  const detection = documents.find((document) => document.id === id)?.detection
  if (!detection) throw new Error(`${file} has no detection with the id ${id}.`)
  return detection
}
