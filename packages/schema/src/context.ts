// For what maps events: their context, from `@asana-audit/context` or a function of your own, and its form in each format.
export { contextAttributes } from './context/context-attributes.ts'
export type {
  AutonomousSystem,
  ContextOf,
  EventContext,
  Geo,
  Provenance,
  UserAgent,
} from './context/event-context.ts'
export { contextKey, withContext } from './context/with-context.ts'
