import type { AutonomousSystem, EventContext } from '@asana-audit/schema/context'
import type { ContextWarning } from './context-warning.ts'
import { type Fields, known, textOf } from './entry-fields.ts'
import { geoIn } from './geo-in.ts'
import { publicAddress } from './public-address.ts'
import { sharedMmdbFile } from './shared-mmdb-file.ts'

/** What databases know of addresses. */
export interface Databases {
  /** `text`: what an event has as the address of its client. A private address has no context, whatever a database says. */
  contextOf(text: unknown): Pick<EventContext, 'geo' | 'as'>
  /** See `OpenContext`. */
  warnings(): ContextWarning[]
}

/** Opens the databases that are named. Rejects with a fatal `bad_database`. */
export async function openDatabases(
  geoFile: string | undefined,
  asnFile: string | undefined,
): Promise<Databases> {
  const places = geoFile === undefined ? undefined : await sharedMmdbFile(geoFile, 'geo')
  const networks = asnFile === undefined ? undefined : await sharedMmdbFile(asnFile, 'as')
  return {
    contextOf(text) {
      const address = publicAddress(text)
      if (address === undefined) return {}
      const [place, network] = [places?.lookup(address), networks?.lookup(address)]
      return { geo: place && geoIn(place), as: network && asIn(network) }
    },
    warnings() {
      const files = [places, networks].filter((one) => one !== undefined)
      const old = files.flatMap((file) => file.wrong() ?? [])
      const damaged = files.flatMap((file) => file.damaged() ?? [])
      const untilThen = [...old, 'Until then, what was read before is used.']
      return [
        ...(old.length > 0 ? [{ code: 'old_database' as const, message: untilThen.join(' ') }] : []),
        ...(damaged.length > 0 ? [{ code: 'damaged_database' as const, message: damaged.join(' ') }] : []),
      ]
    },
  }
}

/** The network in an entry of an ASN or ISP database. */
function asIn(entry: Fields): AutonomousSystem | undefined {
  const number = entry['autonomous_system_number']
  return known({
    number: typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined,
    organizationName: textOf(entry, 'autonomous_system_organization'),
  })
}
