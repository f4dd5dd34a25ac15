import { type Parameter, parameters, schemeName } from '../../packages/splunk-input/src/index.ts'

/** README/inputs.conf.spec, which tells Splunk the scheme and people what to write. Splunk's framework would write one without values. */
export function inputsSpec(): string {
  return `[${schemeName}://<name>]
* One workspace of Asana. The name is yours.
* index, host, sourcetype, interval and disabled are as for every input. Leave interval at 60: it is the pause after a crash.

${parameters.map(entry).join('\n')}`
}

function entry({ name, about, isRequired, usual, choices }: Parameter): string {
  const value = choices ? `[${choices.join('|')}]` : '<string>'
  const need = isRequired ? 'Required.' : usual === undefined ? 'Optional.' : `Default: ${usual}`
  return `${name} = ${value}\n* ${about}\n* ${need}\n`
}
