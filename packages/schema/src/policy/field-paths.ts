import { sectionFields } from '../event/event-fields.ts'
import { eventPaths } from '../event/event-paths.ts'
import { nearestName } from '../event/nearest-name.ts'

/** The result of reading a path of a field policy. `path` is the field's path in an event. */
export interface PathReading {
  readonly path: string
  /** Why the path cannot be used: no event has it, so it is most likely a typing error. */
  readonly problem?: string
  /** The path can be used, but no known event type has it. */
  readonly warning?: string
}

/**
 * Reads a path of a policy. `details` is open, so a path there that is not similar to a known field may be a field we
 * do not know. A `?` at the end allows any unknown path: `context.client_port?`.
 */
export function readPath(written: string): PathReading {
  const isDeliberate = written.endsWith('?')
  const path = isDeliberate ? written.slice(0, -1) : written
  const name = JSON.stringify(written)
  if (path.split('.').includes(''))
    return { path, problem: `${name} is not a path, write one like actor.email` }
  if (isDeliberate || eventPaths.has(path)) return { path }
  const nearest = nearestName(written, eventPaths)
  if (nearest === undefined && written.startsWith('details.')) {
    return { path, warning: `no known event type has ${name}; the action applies to every event that has it` }
  }
  const meant = nearest === undefined ? known(written) : `the nearest is ${JSON.stringify(nearest)}`
  return {
    path,
    problem: `no event has ${name}, ${meant} (write "${written}?" for a field newer than this version)`,
  }
}

/** If no path is similar: fields of the same name elsewhere, or else the other fields of the same object. */
function known(path: string): string {
  const last = path.slice(path.lastIndexOf('.') + 1)
  const namesakes = [...eventPaths].filter((one) => one.endsWith(`.${last}`))
  const [top = path] = path.split('.')
  const place = sectionFields.has(top) ? `${top}.` : ''
  const beside = [...eventPaths].filter(
    (one) => one.startsWith(place) && !one.slice(place.length).includes('.'),
  )
  return `known are ${(namesakes.length > 0 ? namesakes : beside).join(', ')}`
}
