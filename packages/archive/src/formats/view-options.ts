import type { RelevancePolicy } from '@asana-audit/schema'

/** What a view says that the event itself does not hold. */
export interface ArchiveViewOptions {
  /** The gid of the workspace, which an event does not hold. */
  readonly workspace?: string | undefined
  /**
   * How much each kind of event matters: it becomes the severity.
   * @default our table
   */
  readonly relevance?: RelevancePolicy | undefined
}
