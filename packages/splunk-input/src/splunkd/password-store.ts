import { fault } from '@asana-audit/core'
import { appId } from '../names.ts'
import { entriesOf, textIn } from './entries.ts'
import type { Splunkd } from './splunkd.ts'

/**
 * The framework of the pages (UCC, solnlib) keeps the secret fields of a settings stanza as one JSON object. Splunk limits a password to
 * 255 characters, so that text is cut into pieces with the users `STANZA``splunk_cred_sep``1`, `…2`, and a last piece that is a fixed mark.
 */
const separator = '``splunk_cred_sep``'
const endMark = ['', 'S', 'P', 'L', 'U', 'N', 'K', ''].join(separator)

/** The realm of the secrets of a settings file, such as `ta_asana_audit_input_account`. */
const realmOf = (file: string): string => `__REST_CREDENTIAL__#${appId}#configs/conf-${file}`

/** The secret fields of a stanza of a settings file. Undefined if the store has none. Rejects with a fault; no message holds a secret. */
export async function readPasswords(
  splunkd: Splunkd,
  file: string,
  stanza: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const stored = entriesOf(await splunkd.get(`/servicesNS/nobody/${appId}/storage/passwords`))
  const pieces = stored
    .filter((entry) => textIn(entry, 'realm') === realmOf(file))
    .flatMap((entry) => {
      const [user, number] = (textIn(entry, 'username') ?? '').split(separator)
      return user === stanza && number ? [{ number: Number(number), text: clearText(entry.content) }] : []
    })
    .sort((a, b) => a.number - b.number)
  if (pieces.length === 0) return undefined
  const whole = pieces.map(({ text }) => text)
  const end = whole.indexOf(endMark)
  // A page that is being saved has written some of the pieces.
  if (end === -1) throw halfWritten(stanza)
  return fieldsOf(whole.slice(0, end).join(''), stanza)
}

/** splunkd leaves it out if it cannot decrypt the password. */
function clearText({ clear_password: text }: Readonly<Record<string, unknown>>): string {
  if (typeof text === 'string' && text !== '') return text
  const message =
    'splunkd cannot decrypt the secrets of this app: has splunk.secret changed? Enter the token again on the page Configuration.'
  throw fault({ fault: 'fatal', code: 'password_unreadable', message })
}

function fieldsOf(json: string, stanza: string): Readonly<Record<string, string>> {
  let fields: unknown
  try {
    fields = JSON.parse(json)
  } catch {
    throw halfWritten(stanza)
  }
  const texts = Object.entries(Object(fields) as Record<string, unknown>)
  return Object.fromEntries(texts.filter((one): one is [string, string] => typeof one[1] === 'string'))
}

function halfWritten(stanza: string): Error {
  const message = `The secret of ${JSON.stringify(stanza)} in the password store of Splunk is incomplete. If it stays so, enter it again on the page Configuration.`
  return fault({ fault: 'temporary', code: 'password_incomplete', message })
}
