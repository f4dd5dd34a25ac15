// For functions that take options: a mistyped name is refused with the nearest one.
export { nearestName } from './event/nearest-name.ts'
export { type OptionNames, unknownOption } from './known-options.ts'
