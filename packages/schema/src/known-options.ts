import { nearestName } from './event/nearest-name.ts'

/** Every name there is: one that is missing in such a list does not compile. */
export type OptionNames<T> = { readonly [Name in keyof Required<T>]: true }

/**
 * What to say of the first option that is not known, with the nearest there is; undefined where all are. One that is undefined does
 * not count. Plain JavaScript has no compiler to say so, and a policy under another name would leave in clear what it was to hide.
 */
export function unknownOption(of: string, known: object, options: object): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    const nearest = nearestName(name, Object.keys(known))
    const instead =
      nearest === undefined ? `There are ${Object.keys(known).join(', ')}` : `The nearest is ${nearest}`
    return `${of} has no option ${JSON.stringify(name)}. ${instead}.`
  }
  return undefined
}

/** Throws a TypeError that names the first option that is not known. */
export function checkOptionNames(of: string, known: object, options: object): void {
  const message = unknownOption(of, known, options)
  if (message !== undefined) throw new TypeError(message)
}
