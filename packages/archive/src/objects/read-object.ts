import { type Fault, fault, type Identified } from '@asana-audit/core'
import { rawEventTime } from '@asana-audit/schema/lossless'
import { dayOf, readKey } from '../layout/object-key.ts'

/** The events of a stored object, in order. Rejects with a fatal `damaged_object` for bytes that cannot be an object of ours. */
export async function readObject(key: string, bytes: Uint8Array): Promise<Identified[]> {
  return decodeObject(key, bytes).catch((error: Error) => {
    throw damaged(key, error.message)
  })
}

/** Does the same as `readObject`, but rejects with an Error whose message only says what is wrong with the bytes, as part of a sentence. */
export async function decodeObject(key: string, bytes: Uint8Array): Promise<Identified[]> {
  const named = readKey(key)
  if (!named) throw new Error('its name is not that of an object of an archive')
  const { form, day } = named
  const events = await form.decode(bytes)
  if (events.length === 0) throw new Error(`it has no ${form.unit}`)
  return events.map((event, index) => {
    const problem = problemOf(event, day)
    if (problem !== undefined) throw new Error(`${form.unit} ${index + 1} ${problem}`)
    return event as Identified
  })
}

function problemOf(event: unknown, day: string): string | undefined {
  const { gid } = Object(event) as { gid?: unknown }
  const at = rawEventTime(event)
  if (typeof gid !== 'string' || at === undefined) return 'is not an event'
  return dayOf(at) === day ? undefined : 'has an event of another day'
}

function damaged(key: string, problem: string): Fault {
  const message = `The object ${key} of the archive cannot be read: ${problem}. Nothing is overwritten. Look at it with asana-audit archive verify, and move it away, or take it back from a copy.`
  return fault({ fault: 'fatal', code: 'damaged_object', message })
}
