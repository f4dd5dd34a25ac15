export type { ContextWarning } from './context-warning.ts'
export { type ContextOptions, type OpenContext, openContext, tellWarnings } from './open-context.ts'
