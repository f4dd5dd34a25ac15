import { type Fault, fault } from '@asana-audit/core'

/** No object of an archive comes near. It limits what a planted one can take of memory. */
export const mostObjectBytes: number = 256 * 2 ** 20

/** `where`: the whole address or path of the object. */
export function tooLarge(where: string): Fault {
  const message = `${where} is larger than any object of an archive, so it was not read. See who put it there, and take the object back from a copy.`
  return fault({ fault: 'fatal', code: 'object_too_large', message })
}
