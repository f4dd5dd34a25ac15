import type { RelevancePolicy } from '@asana-audit/schema'

export interface OcsfViewOptions {
  /** The gid of the workspace, which an event does not hold. */
  readonly workspace?: string | undefined
  /** How much each kind of event matters: it becomes the severity. */
  readonly relevance?: RelevancePolicy | undefined
}
