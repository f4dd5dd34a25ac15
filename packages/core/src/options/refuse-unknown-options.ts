import { nearestName } from '@asana-audit/schema'
import { fault } from '../fault.ts'

/** Every name there is: one that is missing in such a list does not compile. */
export type OptionNames<T> = { readonly [Name in keyof Required<T>]: true }

/**
 * Throws a fatal `unknown_option`: plain JavaScript has no compiler to say so, and a name left out of account would do more than
 * was asked for, or less. One that is undefined does not count.
 */
export function refuseUnknownOptions(of: string, known: object, options: object | false | undefined): void {
  for (const [name, value] of Object.entries(options || {})) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    const nearest = nearestName(name, Object.keys(known))
    const instead =
      nearest === undefined ? `There are ${Object.keys(known).join(', ')}` : `The nearest is ${nearest}`
    const message = `${of} has no option ${JSON.stringify(name)}. ${instead}.`
    throw fault({ fault: 'fatal', code: 'unknown_option', message })
  }
}
