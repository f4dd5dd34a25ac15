import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldPolicy,
} from '@asana-audit/schema'

export interface AsanaPantherEventOptions {
  /**
   * Which fields to keep, hash or drop, made by `fieldPolicy(…)`. `keepAll` leaves every event as it came.
   * @default `defaultFieldPolicy`
   */
  readonly fieldPolicy?: FieldPolicy | undefined
}

const optionNames: OptionNames<AsanaPantherEventOptions> = { fieldPolicy: true }

/**
 * The event as Asana sent it, after the field policy. That is what the schema `Asana.Audit` describes. Nothing is added: Panther makes
 * its `p_` fields itself, from the schema. Throws a fatal `unknown_option`.
 */
export function asanaPantherEvent(
  event: AuditLogEvent,
  options: AsanaPantherEventOptions = {},
): AuditLogEvent {
  refuseUnknownOptions('asanaPantherEvent', optionNames, options)
  return applyFieldPolicy(event, options.fieldPolicy ?? defaultFieldPolicy)
}
