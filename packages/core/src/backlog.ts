// For tools around a pipeline: how much there is to read, where it begins, and cursors that start elsewhere.
export { retentionMs } from './asana/retention.ts'
export { asanaNow } from './backlog/asana-now.ts'
export {
  type BacklogLeft,
  backlogLeft,
  backlogUntil,
  type LaneCursors,
  liveUpTo,
  type RewoundBacklog,
  rewoundBacklog,
} from './backlog/backlog.ts'
export { futureStart } from './backlog/future-position.ts'
export { asanaBackfillCursor, asanaCursorAt } from './source/asana-cursor.ts'
