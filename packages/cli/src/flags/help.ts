/** The variables that commands read, for the end of the help of one with exit statuses of its own. */
export const variables: string = `
Environment:
  ASANA_TOKEN, ASANA_TOKEN_FILE   a service account's token, or the file that
                                  holds it (read again when it changes)
  ASANA_TOKEN_EXEC                instead: a command that prints it
  ASANA_SECOND_TOKEN, _FILE, _EXEC
                                  used while Asana refuses the first token
  ASANA_WORKSPACE, ASANA_BASE_URL the same as --workspace and --base-url
  ASANA_CA_FILE                   PEM certificates to trust for Asana, for a
                                  proxy that inspects TLS (read again too)
  ASANA_AUDIT_STATE               the same as --state
  ASANA_AUDIT_STATE_PASSWORD_FILE the file with the password of a state in
                                  PostgreSQL; or PGPASSWORD, or PGPASSFILE
  OTEL_EXPORTER_OTLP_*            the destination otlp: endpoint, headers,
                                  protocol, compression, timeout, certificates
  SPLUNK_HEC_*                    the destination splunk-hec: URL, TOKEN or
                                  TOKEN_FILE or TOKEN_EXEC, SECOND_TOKEN,
                                  SECOND_TOKEN_FILE, SECOND_TOKEN_EXEC, INDEX,
                                  SOURCETYPE, SOURCE, HOST, CA_FILE, CERT_FILE,
                                  KEY_FILE, INSECURE, ALLOW_PLAIN_HTTP, ACK
  PANTHER_HTTP_*                  the destination panther-http: URL, AUTH,
                                  SECRET or SECRET_FILE or SECRET_EXEC,
                                  SECOND_SECRET, SECOND_SECRET_FILE,
                                  SECOND_SECRET_EXEC, HEADER, USERNAME,
                                  HMAC_ALGORITHM, HMAC_ENCODING, COMPRESSION,
                                  CA_FILE, CERT_FILE, KEY_FILE, INSECURE,
                                  ALLOW_PLAIN_HTTP
  AWS_*                           the destination archive:s3://…: REGION,
                                  ENDPOINT_URL_S3, ACCESS_KEY_ID with
                                  SECRET_ACCESS_KEY and SESSION_TOKEN, PROFILE,
                                  SHARED_CREDENTIALS_FILE, CA_BUNDLE, and what
                                  gives a machine or container its role
  OTEL_RESOURCE_ATTRIBUTES,
  OTEL_SERVICE_NAME               resource attributes that replace ours
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                                  the first three also with _FILE or _EXEC at
                                  their end, for an address with a password
  ASANA_AUDIT_RESTART=no          run and backfill do not start Node again in
                                  the same process, which saves memory
`

/** The same with the usual exit statuses. */
export const environment: string = `${variables}
Exit status: 0 done or stopped, 1 failed, 2 wrong configuration, 3 finished, but
events were put in quarantine (detect: hits were found), 130 ended at once by a
second signal.
`

/** For the start of a command's help: people look at the examples first. */
export function examples(...lines: string[]): string {
  return `Examples:\n${lines.map((line) => `  asana-audit ${line}\n`).join('')}`
}
