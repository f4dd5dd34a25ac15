import { nearestName } from './event/nearest-name.ts'

/** Every name there is: one that is missing in such a list does not compile. */
export type OptionNames<T> = { readonly [Name in keyof Required<T>]: true }

/**
 * Throws a TypeError for a name that is not known, with the nearest there is: plain JavaScript has no compiler to say so, and a
 * policy under another name would leave in clear what it was to hide.
 */
export function checkOptionNames(of: string, known: object, options: object): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue
    const nearest = nearestName(name, Object.keys(known))
    const instead =
      nearest === undefined ? `There are ${Object.keys(known).join(', ')}` : `The nearest is ${nearest}`
    throw new TypeError(`${of} has no option ${JSON.stringify(name)}. ${instead}.`)
  }
}
