import { fault } from '@asana-audit/core'
import { restRoot } from '../names.ts'
import { readPasswords } from './password-store.ts'
import type { Splunkd } from './splunkd.ts'

/** The settings file of the accounts, without `.conf`. */
const accountFile: string = `${restRoot}_account`

/** The Asana token of an account. Rejects with a fault. */
export async function readAccountToken(splunkd: Splunkd, account: string): Promise<string> {
  const token = (await readPasswords(splunkd, accountFile, account))?.['token']
  if (token !== undefined && token.trim() !== '') return token.trim()
  const message = `Splunk has no token for the account ${JSON.stringify(account)}. Enter it on the page Configuration of this app.`
  throw fault({ fault: 'fatal', code: 'no_token', message })
}
