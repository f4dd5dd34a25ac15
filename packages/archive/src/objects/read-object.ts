import { type Fault, fault, type Identified } from '@asana-audit/core'
import { parseLosslessJson, rawEventTime } from '@asana-audit/schema/lossless'
import { decompress } from '../compression.ts'
import { dayOf, readKey } from '../layout/object-key.ts'

/** The events of a stored object, in order. Rejects with a fatal `damaged_object` for bytes that cannot be an object of ours. */
export async function readObject(key: string, bytes: Uint8Array): Promise<Identified[]> {
  const named = readKey(key)
  if (!named) throw damaged(key, 'its name is not that of an object of an archive')
  const text = await decompress(bytes, named.compression).catch(() => {
    throw damaged(key, `its bytes are cut off or are not ${named.compression}`)
  })
  if (!text.endsWith('\n')) throw damaged(key, 'its last line is not complete')
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, index) => eventOf(line, named.day, (problem) => damaged(key, `line ${index + 1} ${problem}`)))
}

function eventOf(line: string, day: string, problem: (what: string) => Fault): Identified {
  const event = jsonOf(line)
  const { gid } = Object(event) as { gid?: unknown }
  const at = rawEventTime(event)
  if (typeof gid !== 'string' || at === undefined) throw problem('is not an event')
  if (dayOf(at) !== day) throw problem('has an event of another day')
  return event as Identified
}

function jsonOf(line: string): unknown {
  try {
    return parseLosslessJson(line)
  } catch {
    return undefined
  }
}

function damaged(key: string, problem: string): Fault {
  const message = `The object ${key} of the archive cannot be read: ${problem}. Nothing is overwritten. Look at it with asana-audit archive verify, and move it away, or take it back from a copy.`
  return fault({ fault: 'fatal', code: 'damaged_object', message })
}
