import { type Fault, fault } from '@asana-audit/core'
import type { S3Access } from './s3-access.ts'

/** The key of a profile in the text of a file of credentials, as the tools of AWS write it. `path` is for messages. */
export function profileAccess(text: string, profile: string, path: string): S3Access {
  const settings = settingsOf(text, profile)
  if (!settings)
    throw wrong(`${path} has no profile [${profile}]. Add it, or set AWS_PROFILE to another one.`)
  const accessKeyId = settings.get('aws_access_key_id')
  const secretAccessKey = settings.get('aws_secret_access_key')
  if (!accessKeyId || !secretAccessKey) {
    const message = `The profile [${profile}] of ${path} lacks aws_access_key_id or aws_secret_access_key. A profile with a role or a login is not read: give its keys in the variables AWS_*.`
    throw wrong(message)
  }
  return { accessKeyId, secretAccessKey, sessionToken: settings.get('aws_session_token') }
}

function settingsOf(text: string, profile: string): ReadonlyMap<string, string> | undefined {
  let settings: Map<string, string> | undefined
  let isInside = false
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line) ?? []
    if (section !== undefined) {
      isInside = section === profile
      if (isInside) settings ??= new Map()
    }
    const [, name, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (isInside && settings && name !== undefined && value !== undefined && value !== '')
      settings.set(name.toLowerCase(), value)
  }
  return settings
}

function wrong(message: string): Fault {
  return fault({ fault: 'fatal', code: 'access_unavailable', message })
}
