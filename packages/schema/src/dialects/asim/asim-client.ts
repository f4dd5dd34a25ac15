import type { EventContext } from '../../context/event-context.ts'
import { said } from '../event-parts.ts'
import type { AsimKind } from './asim-schema.ts'

/** What is known of the client beside its address. Only logins have columns for its network and its operating system. */
export function clientFields(
  { geo, as, userAgent }: EventContext,
  { schema }: AsimKind,
): { readonly [column: string]: string | number | undefined } {
  const system = [userAgent?.osName, userAgent?.osVersion].flatMap((one) => said(one) ?? [])
  return {
    SrcGeoCountry: said(geo?.countryIsoCode),
    SrcGeoRegion: said(geo?.regionIsoCode),
    SrcGeoCity: said(geo?.localityName),
    SrcGeoLatitude: geo?.lat,
    SrcGeoLongitude: geo?.lon,
    ...(schema === 'Authentication' && {
      SrcIsp: said(as?.organizationName),
      SrcDvcOs: system.length > 0 ? system.join(' ') : undefined,
    }),
  }
}
