import { readFileSync } from 'node:fs'
import { asanaAdapter } from './asana-adapter.ts'

/** `[{ "name": "acme", "workspace": "1234567890123456", "tokenEnv": "ACME_TOKEN" }]` */
interface TenantEntry {
  readonly name: string
  readonly workspace: string
  readonly tokenEnv: string
}

const { TENANTS_FILE = 'tenants.json', STATE_FOLDER: stateFolder = 'state' } = process.env
const { INGEST_URL: ingestUrl = 'http://127.0.0.1:8080/ingest', ASANA_BASE_URL: baseUrl } = process.env
const tenants = JSON.parse(readFileSync(TENANTS_FILE, 'utf8')) as TenantEntry[]

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => stop.abort())

const adapter = asanaAdapter({
  stateFolder,
  ingestUrl,
  baseUrl,
  onFact(tenant, fact) {
    if (fact.type === 'paused' || fact.type === 'quarantined') console.error(tenant, fact)
  },
})
const once = process.argv.includes('--once')
const runs = tenants.map(async ({ name, workspace, tokenEnv }) => {
  const token = (): string => process.env[tokenEnv] ?? ''
  try {
    console.log(name, await adapter.run({ name, workspace, token }, { once, signal: stop.signal }))
  } catch (error) {
    console.log(name, (error as Error).message)
    process.exitCode = 1
  }
})
await Promise.all(runs)
await adapter.close()
