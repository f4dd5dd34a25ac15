import { destinationName, type WrittenDestination } from '../destination/written-destination.ts'
import type { PipelineDocument } from './pipeline-document.ts'

/** The name of the pipeline to one destination of a document, which its cursor is stored under. */
export function pipelineName({ name, workspace, to }: PipelineDocument, written: WrittenDestination): string {
  const destination = destinationName(written)
  if (name === undefined) return `${workspace} ${destination}`
  return Array.isArray(to) && to.length > 1 ? `${name} ${destination}` : name
}

/** The destinations of a document, and the path of each. */
export function destinationsOf({ to }: PipelineDocument): readonly (readonly [to: unknown, at: string])[] {
  return Array.isArray(to) ? to.map((one, index) => [one, `to[${index}]`]) : [[to, 'to']]
}
