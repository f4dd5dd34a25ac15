export {
  type ContextOptions,
  type ContextWarning,
  type OpenContext,
  openContext,
  tellOldDatabase,
} from './open-context.ts'
