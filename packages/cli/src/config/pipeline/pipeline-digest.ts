import { createHash } from 'node:crypto'
import type { PipelineDocument } from './pipeline-document.ts'

/**
 * Equal for equal settings of a pipeline, wherever they stand in a file. `to` is the destination of this pipeline; its document may have
 * several. `contents` is what was read from the files it names and cannot change while it runs. Leaves out `since`, which only a first
 * start uses.
 */
export function pipelineDigest(document: PipelineDocument, to: unknown, contents: object): string {
  const { since: _, ...written } = { ...document, to }
  return createHash('sha256')
    .update(JSON.stringify([written, contents]))
    .digest('base64url')
}
