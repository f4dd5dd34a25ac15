import { type Fault, fault } from '@asana-audit/core'

/** Objects of an archive are much smaller. The limit keeps an object that somebody planted from filling the memory. */
export const mostObjectBytes: number = 256 * 2 ** 20

/** `where`: the whole address or path of the object. */
export function tooLarge(where: string): Fault {
  const message = `${where} is larger than any object of an archive, so it was not read. See who put it there, and take the object back from a copy.`
  return fault({ fault: 'fatal', code: 'object_too_large', message })
}
