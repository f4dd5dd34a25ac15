import { type EventParts, said } from '../event-parts.ts'
import type { UdmAuthentication } from './udm-event.ts'

/** How somebody logged in. Asana names two methods, SAML and a one-time key; others keep their name in `auth_details`. */
export function udmAuthentication(
  { details: { method } }: EventParts,
  isRefused: boolean,
): UdmAuthentication {
  const methods = (Array.isArray(method) ? method : [method]).flatMap((one) => said(one) ?? [])
  const has = (name: string): boolean => methods.includes(name)
  return {
    type: has('SAML') ? 'SSO' : 'AUTHTYPE_UNSPECIFIED',
    mechanism: [mechanism()],
    ...(methods.length > 0 && { auth_details: methods.join(', ') }),
    outcome: isRefused ? 'FAILURE' : 'SUCCESS',
  }

  function mechanism(): UdmAuthentication['mechanism'][0] {
    if (has('ONE_TIME_KEY')) return 'OTP'
    return methods.length > 0 ? 'MECHANISM_OTHER' : 'MECHANISM_UNSPECIFIED'
  }
}
