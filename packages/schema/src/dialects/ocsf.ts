export type { OcsfEvent } from './ocsf/ocsf-event.ts'
export { type OcsfOptions, type OcsfVersion, ocsfVersion, toOcsf } from './ocsf/to-ocsf.ts'
