import type { Destination } from './destination.ts'

/** Late events are looked for this often, which also ends the wait for a fuller object. */
const usualMs = 900_000

/** How long a destination lets events wait for others on purpose, in milliseconds: such events are not behind. */
export function holdMsOf(destination: Destination): number {
  return destination.kind === 'archive' ? (destination.maxAgeMs ?? usualMs) : 0
}
