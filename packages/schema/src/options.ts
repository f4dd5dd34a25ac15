// For functions with options: a mistyped name is refused, and the error names the nearest one.
export { nearestName } from './event/nearest-name.ts'
export { type OptionNames, unknownOption } from './known-options.ts'
