import { text } from 'node:stream/consumers'
import { type InputDefinition, schemeName } from '@asana-audit/splunk-input'

/** Splunk sends one document and closes its end. */
export async function readStandardInput(read: (xml: string) => InputDefinition): Promise<InputDefinition> {
  return read(await text(process.stdin))
}

/** The name of the input without its scheme. */
export function inputName({ name }: Pick<InputDefinition, 'name'>): string {
  return name.replace(`${schemeName}://`, '')
}
