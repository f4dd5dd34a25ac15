import { nearestName } from './event/nearest-name.ts'

/** All option names: a list that lacks one does not compile. */
export type OptionNames<T> = { readonly [Name in keyof Required<T>]: true }

/**
 * The message about the first unknown option, with the nearest known name; undefined if all are known. An option set
 * to undefined does not count. Plain JavaScript has no compiler to catch this, and a policy under a wrong name would
 * leave personal data in clear.
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

/** Throws a TypeError that names the first unknown option. */
export function checkOptionNames(of: string, known: object, options: object): void {
  const message = unknownOption(of, known, options)
  if (message !== undefined) throw new TypeError(message)
}
