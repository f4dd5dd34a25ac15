import { parameters } from '../parameters.ts'
import { xmlText } from './xml-text.ts'

/**
 * What the program answers to `--scheme`. Every element that has a default is written, as pages about Splunk disagree on them. Source:
 * "Create modular inputs" in Splunk's documentation.
 */
export function schemeXml(): string {
  const args = parameters.map(
    ({ name, title, about, isRequired = false }) => `
      <arg name="${xmlText(name)}">
        <title>${xmlText(title)}</title>
        <description>${xmlText(about)}</description>
        <data_type>string</data_type>
        <required_on_edit>false</required_on_edit>
        <required_on_create>${isRequired}</required_on_create>
      </arg>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<scheme>
  <title>Asana audit log</title>
  <description>Reads the audit log of an Asana workspace, without losing an event.</description>
  <use_external_validation>true</use_external_validation>
  <use_single_instance>false</use_single_instance>
  <streaming_mode>xml</streaming_mode>
  <endpoint>
    <args>${args.join('')}
    </args>
  </endpoint>
</scheme>
`
}

/** What the program answers to `--validate-arguments` if it refuses them. Splunk shows the message on the page of the input. */
export function validationErrorXml(message: string): string {
  return `<error><message>${xmlText(message)}</message></error>\n`
}
