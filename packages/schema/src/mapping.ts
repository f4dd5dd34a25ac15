// The tables behind the dialects, for mapping events to other schemas.
export { actorTypes, apiAuthenticationMethods, contextTypes } from './event/event.ts'
export { detailFields, eventPaths } from './event/event-paths.ts'
export type { DetailType } from './event/event-types.ts'
export { type Direction, direction } from './mapping/direction.ts'
export type { FallbackId, RowId, Target, Weaker } from './mapping/families.ts'
export { type FamilyId, familyTypes } from './mapping/family-types.ts'
export {
  type AsimMapping,
  type CimMapping,
  type EcsMapping,
  type EventMapping,
  mappingOf,
  type OcsfMapping,
  type UdmMapping,
} from './mapping/mapping-of.ts'
export { relevanceOf } from './mapping/relevance.ts'
