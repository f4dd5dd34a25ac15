import { isRecord } from '../../event/is-record.ts'

export interface Observable {
  /** The path of the attribute. */
  name: string
  type_id: number
  type: string
  value: string
}

const address = { type_id: 2, type: 'IP Address' }
const userName = { type_id: 4, type: 'User Name' }
const email = { type_id: 5, type: 'Email Address' }

const paths: readonly (readonly [string, { type_id: number; type: string }])[] = [
  ['src_endpoint.ip', address],
  ...['actor.user', 'user', 'src_endpoint.owner'].flatMap((user) => [
    [`${user}.name`, userName] as const,
    [`${user}.email_addr`, email] as const,
  ]),
  // For what the class has no place for.
  ['unmapped.actor.name', userName],
  ['unmapped.actor.email', email],
  ['unmapped.resource.email', email],
]

/** The values that detections match on, each with its path. */
export function observables(event: { readonly [attribute: string]: unknown }): Observable[] {
  return paths.flatMap(([name, type]) => {
    const value = name
      .split('.')
      .reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), event)
    return typeof value === 'string' && value !== '' ? [{ name, ...type, value: value.toWellFormed() }] : []
  })
}
