export { type OcsfEvent, type OcsfOptions, ocsfVersion, toOcsf } from './ocsf/to-ocsf.ts'
