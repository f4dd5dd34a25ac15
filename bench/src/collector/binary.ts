import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cachedPath } from '../../../scripts/setup/parts/cached-path.ts'

const execute = promisify(execFile)
const manifestPath = join(import.meta.dirname, 'builder.yaml')

/** A collector with the REST receiver: `RESTAPI_COLLECTOR_BIN`, or one that is built once with Go. Rejects with the reason if there is none. */
export async function collectorBinary(env: NodeJS.ProcessEnv): Promise<string> {
  const given = env['RESTAPI_COLLECTOR_BIN']
  if (given) return given
  const manifest = await readFile(manifestPath, 'utf8')
  const binary = join(cachedPath('otelcol-restapi', manifest, env), 'otelcol')
  if (!existsSync(binary)) await build(manifest, binary)
  return binary
}

async function build(manifest: string, binary: string): Promise<void> {
  const version = /^ {2}version: (\S+)$/m.exec(manifest)?.[1]
  const folder = `${dirname(binary)}-building-${process.pid}`
  const config = join(folder, 'builder.yaml')
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(config, manifest.replace(/^dist:$/m, `dist:\n  output_path: ${folder}/program`))
    const builder = `go.opentelemetry.io/collector/cmd/builder@v${version}`
    const env = { ...process.env, CGO_ENABLED: '0' }
    await execute('go', ['run', builder, '--config', config, '--skip-compilation'], { cwd: folder, env })
    await execute('go', ['build', '-o', join(folder, 'otelcol'), '.'], { cwd: `${folder}/program`, env })
    await mkdir(dirname(binary), { recursive: true })
    await rename(join(folder, 'otelcol'), binary)
  } catch (error) {
    throw new Error(reason(error))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The reason in a few words, without addresses. */
function reason(error: unknown): string {
  const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
  if (code === 'ENOENT') return 'not built: there is no Go here'
  const module = /^(?:go: )?\s*(\S+)@v\S+: .*\b(\d{3}|not found|invalid)\b/m.exec(stderr)?.[1]
  return module ? `not built: Go cannot get the module ${module}` : 'not built: the Collector Builder failed'
}
