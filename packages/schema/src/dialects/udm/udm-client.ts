import type { AutonomousSystem, EventContext, Geo } from '../../context/event-context.ts'
import { withoutUndefined } from '../../context/without-undefined.ts'
import { said } from '../event-parts.ts'
import type { UdmLocation, UdmNetwork, UdmPlatform, UdmPrincipal } from './udm-event.ts'

type Client = Pick<UdmPrincipal, 'ip_geo_artifact' | 'platform' | 'platform_version'>

/** What is known of the machine of the client beside its address. Google reads the user agent itself. */
export function udmClient(ip: string | undefined, { geo, as, userAgent }: EventContext): Client {
  const [location, network] = [geo && udmLocation(geo), as && udmNetwork(as)]
  const artifact = (location ?? network) && withoutUndefined({ ip, location, network })
  const platform = platforms.get(userAgent?.osName)
  const version = said(userAgent?.osVersion)
  return {
    ...(artifact && { ip_geo_artifact: [artifact as NonNullable<Client['ip_geo_artifact']>[0]] }),
    ...(platform && { platform }),
    ...(platform && version !== undefined && { platform_version: version }),
  }
}

function udmLocation({ lat, lon, ...geo }: Geo): UdmLocation | undefined {
  return withoutUndefined({
    city: said(geo.localityName),
    state: said(geo.regionIsoCode),
    country_or_region: said(geo.countryIsoCode),
    region_coordinates:
      lat === undefined || lon === undefined ? undefined : { latitude: lat, longitude: lon },
  }) as UdmLocation | undefined
}

function udmNetwork({ number, organizationName }: AutonomousSystem): UdmNetwork | undefined {
  return withoutUndefined({
    asn: number === undefined ? undefined : String(number),
    organization_name: said(organizationName),
  }) as UdmNetwork | undefined
}

/** The names of operating systems that `openContext` of `@asana-audit/context` gives. */
const platforms: ReadonlyMap<string | undefined, UdmPlatform> = new Map([
  ['Android', 'ANDROID'],
  ['Chrome OS', 'CHROME_OS'],
  ['Linux', 'LINUX'],
  ['Windows', 'WINDOWS'],
  ['iOS', 'IOS'],
  ['macOS', 'MAC'],
])
