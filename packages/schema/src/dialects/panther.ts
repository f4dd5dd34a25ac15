export { type PantherEvent, type PantherOptions, toPanther } from './panther-event.ts'
export {
  type PantherField,
  type PantherSchema,
  type PantherSchemaOptions,
  pantherSchema,
} from './panther-schema.ts'
