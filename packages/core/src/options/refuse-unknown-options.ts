import { unknownOption } from '@asana-audit/schema/options'
import { fault } from '../fault.ts'

export type { OptionNames } from '@asana-audit/schema/options'

/** Throws a fatal `unknown_option` that names the first option that is not known. */
export function refuseUnknownOptions(of: string, known: object, options: object | false | undefined): void {
  const message = unknownOption(of, known, options || {})
  if (message !== undefined) throw fault({ fault: 'fatal', code: 'unknown_option', message })
}
