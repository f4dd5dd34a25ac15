import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Fault, fault, isFault } from '@asana-audit/core'
import { passwordIn } from '@asana-audit/core/config'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import type { Problem } from '../terminal/problem.ts'
import { passwordFileVariable } from './state-path.ts'

/**
 * The password of a state in PostgreSQL, asked for with each new connection: from the file that `ASANA_AUDIT_STATE_PASSWORD_FILE` names, from the
 * address in `ASANA_AUDIT_STATE`, from `PGPASSWORD`, or from the file of `PGPASSFILE`. Empty if there is none. Throws a fatal `state_refused` for a
 * file that cannot be used.
 */
export function statePassword(address: string, env: NodeJS.ProcessEnv): string {
  const file = env[passwordFileVariable]?.trim()
  if (file) return readSecret(passwordFileVariable, file).replace(/\r?\n$/, '')
  const written = passwordIn(env['ASANA_AUDIT_STATE']?.trim() ?? '')
  return written ?? env['PGPASSWORD'] ?? fromPassFile(new URL(address), env) ?? ''
}

/** What is wrong with the file of the password, before anything connects. Undefined if nothing is. */
export function statePasswordProblem(address: string, env: NodeJS.ProcessEnv): Problem | undefined {
  try {
    statePassword(address, env)
    return undefined
  } catch (error) {
    if (!isFault(error)) throw error
    const setting = [passwordFileVariable, 'PGPASSFILE'].find((name) => env[name]?.trim()) ?? '~/.pgpass'
    return { setting, message: error.message }
  }
}

/** https://www.postgresql.org/docs/current/libpq-pgpass.html */
function fromPassFile(address: URL, env: NodeJS.ProcessEnv): string | undefined {
  const named = env['PGPASSFILE']?.trim()
  const path = named || join(homedir(), '.pgpass')
  if (!named && statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  const text = readSecret(named ? 'PGPASSFILE' : '~/.pgpass', path)
  if ((statSync(path).mode & 0o077) !== 0)
    throw unusable(`${path} can be read by others. Take that away: chmod 600 ${path}`)
  const { hostname, port, pathname, username, searchParams } = address
  const host = searchParams.get('host') ?? decodeURIComponent(hostname)
  const user = searchParams.get('user') ?? decodeURIComponent(username)
  const wanted = [
    host === '' || host.startsWith('/') ? 'localhost' : host,
    searchParams.get('port') ?? (port || '5432'),
    searchParams.get('dbname') ?? (decodeURIComponent(pathname.slice(1)) || user),
    user,
  ]
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue
    const fields = (line.match(/(?:\\.|[^:\\])*(?::|$)/g) ?? []).map(plain)
    if (wanted.every((value, index) => fields[index] === '*' || fields[index] === value)) return fields[4]
  }
  return undefined
}

/** A field without the colon at its end and the backslashes before colons. */
function plain(field: string): string {
  return field.replace(/:$/, '').replace(/\\(.)/g, '$1')
}

function readSecret(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unusable(
      `The file ${path} of ${setting} cannot be read (${codeOf(error)}). ${pathStep(error).slice(0, -1)}`,
    )
  }
}

function unusable(what: string): Fault {
  return fault({
    fault: 'fatal',
    code: 'state_refused',
    message: `The password of the state is missing. ${what}.`,
  })
}
