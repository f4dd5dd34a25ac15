/**
 * Builds the OpenTelemetry Collector for test/receivers/real-collector.test.ts once, with the Collector Builder, from Go modules, as
 * scripts/collector/builder.yaml says, into the cache folder of the user. If it is built already, or OTELCOL_BIN names a collector, it only
 * reports that. Run `pnpm setup:collector`; it takes some minutes.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { componentsOf } from '../collector/components.ts'
import { builtCollectorPath, collectorPath, manifestPath } from '../collector/location.ts'

/** The version of Go that the modules of release 0.161 need. */
const oldestGo = '1.26'

/** Some sources of modules lack modules of contrib. Without them the collector is built without these groups. */
const optionalGroups = [
  ['otlpjsonfilereceiver'],
  ['splunkhecreceiver', 'ackextension'],
  ['clickhouseexporter'],
  ['transformprocessor'],
]

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function describe(collector: string): void {
  const components = componentsOf(collector)
  const missing = ['otlp_json_file', 'splunk_hec', 'ack', 'clickhouse', 'transform'].filter(
    (name) => !components.has(name),
  )
  say(`Collector: ${collector}`)
  if (missing.length > 0)
    say(`It lacks ${missing.join(', ')}: the tests that need them will be skipped. To try again, delete it.`)
}

async function checkGo(): Promise<void> {
  const need = `Building a collector needs Go ${oldestGo} or later: install it, or set OTELCOL_BIN to a collector.`
  const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION']).catch(() => {
    throw new Error(`Go is not installed. ${need}`)
  })
  const found = stdout.trim().replace(/^go/, '')
  if (found.localeCompare(oldestGo, 'en', { numeric: true }) < 0)
    throw new Error(`The installed Go is ${found}. ${need}`)
}

/** Runs a program with low priority, because tests and people use the machine too. Rejects with its output. */
async function go(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn('nice', ['-n', '15', 'go', ...args], {
    cwd,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(Buffer.concat(output).toString('utf8').trim())
}

/** Lets the builder write the program. This shows whether every module is available in its pinned version. */
async function generate(manifest: string, without: readonly string[], folder: string): Promise<void> {
  const version = /^ {2}version: (\S+)$/m.exec(manifest)?.[1]
  const lines = manifest.split('\n').filter((line) => !without.some((module) => line.includes(`/${module} `)))
  const config = join(folder, 'builder.yaml')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(config, lines.join('\n').replace(/^dist:$/m, `dist:\n  output_path: ${folder}/program`))
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${version}`
  const flags = ['--skip-compilation', '--skip-strict-versioning=false']
  await go(['run', '-p', '1', builder, '--config', config, ...flags], folder)
}

/** Generates the program with as many modules of the manifest as are available. */
async function generateMost(manifest: string, folder: string): Promise<void> {
  try {
    return await generate(manifest, [], folder)
  } catch {
    say('Some modules are not available here. Checking which ones are …')
  }
  const missing: string[] = []
  for (const group of optionalGroups) {
    const others = optionalGroups.filter((other) => other !== group).flat()
    try {
      await generate(manifest, others, folder)
    } catch (error) {
      say(`Building without ${group.join(' and ')}. Go says:\n${lastLines(error)}`)
      missing.push(...group)
    }
  }
  await generate(manifest, missing, folder)
}

function lastLines(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !/go: downloading|\tINFO\t|^exit status/.test(line))
    .slice(-4)
    .map((line) => `  ${line}`)
    .join('\n')
}

async function build(binary: string): Promise<void> {
  await checkGo()
  const manifest = await readFile(manifestPath, 'utf8')
  const folder = `${dirname(binary)}-building-${process.pid}`
  try {
    say('Fetching the modules …')
    await generateMost(manifest, folder)
    say('Compiling, with one core at low priority: some minutes …')
    await go(
      ['build', '-p', '1', '-trimpath', '-ldflags=-s -w', '-o', join(folder, 'otelcol'), '.'],
      `${folder}/program`,
    )
    await mkdir(dirname(binary), { recursive: true })
    await rename(join(folder, 'otelcol'), binary)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const started = Date.now()
try {
  let collector = collectorPath(process.env)
  if (!collector) {
    collector = builtCollectorPath(process.env)
    await build(collector)
    say(`Built in ${Math.round((Date.now() - started) / 1000)} s.`)
  }
  describe(collector)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
