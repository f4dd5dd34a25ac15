/** The variables of the environment, in groups: a command names those that it reads. */
const groups = {
  token: `  ASANA_TOKEN, ASANA_TOKEN_FILE   a service account's token, or the file that
                                  holds it (read again when it changes)
  ASANA_TOKEN_EXEC                instead: a command that prints it
  ASANA_SECOND_TOKEN, _FILE, _EXEC
                                  used while Asana refuses the first token
  ASANA_WORKSPACE, ASANA_BASE_URL the same as --workspace and --base-url
  ASANA_CA_FILE                   PEM certificates to trust for Asana, for a
                                  proxy that inspects TLS (read again too)
`,
  workspace: `  ASANA_WORKSPACE                 the same as --workspace
`,
  state: `  ASANA_AUDIT_STATE               the same as --state
  ASANA_AUDIT_STATE_PASSWORD_FILE the file with the password of a state in
                                  PostgreSQL; or PGPASSWORD, or PGPASSFILE
`,
  destinations: `  OTEL_EXPORTER_OTLP_*            the destination otlp: endpoint, headers,
                                  protocol, compression, timeout, certificates
  SPLUNK_HEC_*                    the destination splunk-hec: URL, TOKEN or
                                  TOKEN_FILE or TOKEN_EXEC, SECOND_TOKEN,
                                  SECOND_TOKEN_FILE, SECOND_TOKEN_EXEC, INDEX,
                                  SOURCETYPE, SOURCE, HOST, COMPRESSION,
                                  CA_FILE, CERT_FILE, KEY_FILE, INSECURE,
                                  ALLOW_PLAIN_HTTP, ACK
  PANTHER_HTTP_*                  the destination panther-http: URL, AUTH,
                                  SECRET or SECRET_FILE or SECRET_EXEC,
                                  SECOND_SECRET, SECOND_SECRET_FILE,
                                  SECOND_SECRET_EXEC, HEADER, USERNAME,
                                  HMAC_ALGORITHM, HMAC_ENCODING, COMPRESSION,
                                  CA_FILE, CERT_FILE, KEY_FILE, INSECURE,
                                  ALLOW_PLAIN_HTTP
  OTEL_RESOURCE_ATTRIBUTES,
  OTEL_SERVICE_NAME               resource attributes that replace ours
`,
  bucket: `  AWS_*                           an archive in s3://…: REGION, ENDPOINT_URL_S3,
                                  ACCESS_KEY_ID with SECRET_ACCESS_KEY and
                                  SESSION_TOKEN, PROFILE,
                                  SHARED_CREDENTIALS_FILE, CA_BUNDLE, and what
                                  gives a machine or container its role
`,
  proxies: `  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                                  the first three also with _FILE or _EXEC at
                                  their end, for an address with a password
`,
  restart: `  ASANA_AUDIT_RESTART=no          run and backfill do not start Node again; that
                                  start saves memory
`,
} as const

type Group = keyof typeof groups

/** What commands read that deliver. */
export const delivery: readonly Group[] = ['token', 'state', 'destinations', 'bucket', 'proxies']
/** The same for commands that ask Asana nothing. */
export const deliveryAlone: readonly Group[] = ['workspace', 'state', 'destinations', 'bucket', 'proxies']
/** What commands read that show events and deliver none. */
export const reading: readonly Group[] = ['token', 'bucket', 'proxies']

/** The exit statuses of commands that deliver. */
export const deliveryStatuses =
  '0 done or stopped, 1 failed, 2 wrong configuration, 3 finished, but\nevents were put in quarantine, 130 ended at once by a second signal.'
/** The exit statuses of commands that show events. */
export const readingStatuses =
  '0 done, also if nothing was found, 1 failed, or something could\nnot be read, 2 wrong configuration.'

/**
 * The end of the help of a command: the variables that it reads, and what its exit statuses mean. Commander ends a text with a line feed of
 * its own.
 */
export function helpEnd(variables: readonly Group[], statuses: string): string {
  return `\nEnvironment:\n${variables.map((group) => groups[group]).join('')}\nExit status: ${statuses}`
}

/** All of it, for the manual page. */
export const environment: string = helpEnd(
  [...delivery, 'restart'],
  `${deliveryStatuses.replace('quarantine,', 'quarantine (detect: hits were found),')}`,
)

/** For the start of a command's help: people look at the examples first. */
export function examples(...lines: string[]): string {
  return `Examples:\n${lines.map((line) => `  asana-audit ${line}\n`).join('')}`
}
