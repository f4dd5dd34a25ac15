/** Where the certificate of an authority is set, for what is checked. In YAML it is `ca_file` everywhere. */
const variables: Readonly<Record<string, string>> = {
  asana: 'ASANA_CA_FILE',
  otlp: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
  'splunk-hec': 'SPLUNK_HEC_CA_FILE',
  'panther-http': 'PANTHER_HTTP_CA_FILE',
  archive: 'AWS_CA_BUNDLE',
}

/** The codes of OpenSSL for a certificate of which the authority is not known. A message has them in parentheses. */
const untrusted = /\((DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_UNTRUSTED)\)/

/** The message, with the setting that names a certificate if one is missing. The libraries do not know how a command is set up. */
export function withCaSetting(what: string, message: string): string {
  const variable = variables[what]
  if (variable === undefined || !untrusted.test(message)) return message
  return `${message} The setting is ${variable}, or ca_file in YAML.`
}
