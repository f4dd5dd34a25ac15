import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { raceAbort } from '@asana-audit/core/sink-kit'
import { type InputDefinition, schemeName } from '@asana-audit/splunk-input'

/** Splunk sends one document and closes its end. Rejects with the reason of the signal once that is aborted. */
export async function readStandardInput(
  read: (xml: string) => InputDefinition,
  signal: AbortSignal = new AbortController().signal,
  input: Readable = process.stdin,
): Promise<InputDefinition> {
  return read(await raceAbort(text(input), signal))
}

/** The name of the input without its scheme. */
export function inputName({ name }: Pick<InputDefinition, 'name'>): string {
  return name.replace(`${schemeName}://`, '')
}
