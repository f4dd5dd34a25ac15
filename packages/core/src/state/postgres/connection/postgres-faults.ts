import { type Fault, fault, isFault } from '../../../fault.ts'
import { codeOf } from '../../../files/path-step.ts'
import { sanitizeServerText } from '../../../http/answers/sanitize-server-text.ts'
import { tlsSentence } from '../../../http/connections/tls-sentence.ts'

/** Runs `work`. An error of PostgreSQL, of the connection or of TLS becomes a fault that names the next step. `place` is the address without a password. */
export async function guarded<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isFault(error) ? error : postgresFault(place, error)
  }
}

const waiting = 'Nothing is lost: a run that goes on tries again.'

/** What an error of a database means. */
export function postgresFault(place: string, error: unknown): Fault {
  const code = codeOf(error)
  const said = sanitizeServerText(String((error as { message?: unknown } | null)?.message ?? error))
  const fatal = (name: string, message: string): Fault =>
    fault({ fault: 'fatal', code: name, message, cause: error })
  const temporary = (name: string, message: string): Fault =>
    fault({ fault: 'temporary', code: name, message: `${message} ${waiting}`, cause: error })

  if (isUnreachable(code, said)) {
    return temporary(
      'state_unreachable',
      `The database of the state ${place} cannot be reached (${code === 'no code' ? said : code}). Check that it runs, and that this machine may connect to it.`,
    )
  }
  const tls = tlsSentence(code, error, `the database of the state ${place}`)
  if (tls !== undefined)
    return fatal('state_tls', `${tls} In its address that is sslrootcert=/path/of/ca.pem.`)
  if (said.includes('does not support SSL')) {
    return fatal(
      'state_tls',
      `The database of the state ${place} does not speak TLS. Switch TLS on there, or write sslmode=disable into the address if the way to it is safe.`,
    )
  }
  if (code === 'no code' && /password/.test(said))
    return refused(place, 'it asks for a password, and none was given')
  switch (code) {
    case '53300':
    case '53400':
      return temporary(
        'state_busy',
        `The database of the state ${place} has no connection left (${said}). Raise its max_connections, or stop other programs that use it.`,
      )
    case '40001':
    case '40P01':
    case '55P03':
    case '57014':
    case '53200':
    case '55006':
      return temporary('state_busy', `The database of the state ${place} is busy (${said}).`)
    case '53100':
      return fatal(
        'disk_full',
        `The database of the state ${place} has no space left on its disk. Free some; nothing is lost.`,
      )
    case '25006':
      return fatal(
        'state_read_only',
        `The database of the state ${place} can only be read, as a standby of PostgreSQL can. Give the address of the primary, or see default_transaction_read_only.`,
      )
    case '28P01':
    case '28000':
      return refused(place, said)
    case '3D000':
      return fatal(
        'state_unusable',
        `There is no such database: ${place}. Make it with createdb, or correct the address.`,
      )
    case '42501':
      return fatal(
        'state_refused',
        `The user of the state ${place} has not the rights it needs (${said}). ${rightsStep(said)}`,
      )
    default:
      return fatal('state_unusable', `The state ${place} cannot be used (${code}: ${said}).`)
  }
}

/** A user who only lacks the tables of another, such as a worker of a fleet, needs no right to create any. */
function rightsStep(said: string): string {
  return /for (?:schema|table|sequence|view) /.test(said)
    ? 'Let the owner of the schema asana_audit grant it USAGE on that schema, and SELECT, INSERT, UPDATE and DELETE on all tables in it; for a fleet the same of asana_audit_boss, after each fleet migrate.'
    : 'Let it create the schema asana_audit in that database (GRANT CREATE ON DATABASE), or make it the owner of the schema.'
}

function refused(place: string, why: string): Fault {
  const message = `The database of the state ${place} refuses the connection: ${why}. Check user, password and pg_hba.conf. The command takes the password from the file of ASANA_AUDIT_STATE_PASSWORD_FILE, from PGPASSWORD or from PGPASSFILE.`
  return fault({ fault: 'fatal', code: 'state_refused', message })
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // A socket in the file system, of a server that does not run.
  'ENOENT',
])

/** The server ended the connection or is about to; or the connection said nothing for too long. */
function isUnreachable(code: string, said: string): boolean {
  if (networkCodes.has(code) || /^08/.test(code) || /^57P0/.test(code) || code === '25P03') return true
  return (
    code === 'no code' &&
    /^Connection terminated|timeout|not queryable|socket hang up|^Client was closed/i.test(said)
  )
}
