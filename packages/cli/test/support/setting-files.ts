import { writeFileSync } from 'node:fs'
import { beforeAll } from 'vitest'
import { authority, certificate } from '../../../core/test/support/certificates.ts'
import { type Flags, readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type Env = Readonly<Record<string, string>>

/**
 * A folder with the files that settings name: `ca`, `cert`, `key` and `token`. Tests name the folder FOLDER, as its path is known only
 * when they run; `placed` replaces the word with the path.
 */
export function settingFiles() {
  const inFolder = temporaryFolder()
  beforeAll(async () => {
    const client = await certificate()
    const files = {
      ca: (await authority('ca')).cert,
      cert: client.cert,
      key: client.key,
      token: 'from-file',
      headers: 'x-key=from-file',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(inFolder(name), text)
  })
  return {
    placed: <Value>(value: Value): Value =>
      JSON.parse(JSON.stringify(value).replaceAll('FOLDER', inFolder('.'))),
    /** JSON is YAML. */
    yamlFile(document: object): string {
      writeFileSync(inFolder('pipelines.yaml'), JSON.stringify(document))
      return inFolder('pipelines.yaml')
    },
    pipelineOf,
  }
}

const login = { gid: '1', created_at: '2026-01-02T03:04:05Z', event_type: 'user_login_succeeded', actor: {} }

/** The only pipeline of these settings, in a form that can be compared. */
async function pipelineOf(flags: Flags, env: Env) {
  const reading = await readSettings(flags, env)
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems, undefined, 1))
  const [pipeline] = reading.settings.pipelines
  if (!pipeline) throw new Error('There is no pipeline.')
  const { destination, token, context, ...rest } = pipeline
  // The field policy is a setting of YAML only, and functions cannot be compared. The digest is of what was written.
  const { destinationSetting: _, fieldPolicy: __, digest: ___, proxies: ____, ...compared } = rest
  const tokens = { token: await token.reader()(), tokenFrom: token.source }
  const http = await called(compared.http)
  const found = context?.(() => {})({ ...login, context: { user_agent: 'curl/8.17.0' } })
  return { ...compared, ...tokens, http, context: found, destination: await comparable(destination) }
}

async function comparable(destination: object): Promise<object> {
  if (!('options' in destination)) return destination
  return { ...destination, options: await called(destination.options as object) }
}

/** With what functions return in their place. */
async function called(options: object): Promise<object> {
  const values = Object.entries(options).map(async ([name, value]) => [
    name,
    typeof value === 'function' ? await value() : value,
  ])
  return Object.fromEntries(await Promise.all(values))
}

export function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
