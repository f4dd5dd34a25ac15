import type { AutonomousSystem } from '@asana-audit/schema/context'
import { type Fields, known, textOf } from './entry-fields.ts'

/** The network in an entry of an ASN or ISP database. */
export function asIn(entry: Fields): AutonomousSystem | undefined {
  const number = entry['autonomous_system_number']
  return known({
    number: typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined,
    organizationName: textOf(entry, 'autonomous_system_organization'),
  })
}
