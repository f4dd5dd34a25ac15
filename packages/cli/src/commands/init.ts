import { existsSync, statSync, writeFileSync } from 'node:fs'
import { parse, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { stringify } from 'yaml'
import { checkAsana, checkDestination, type Finding } from '../check/checks.ts'
import { isS3 } from '../config/destination/s3-location.ts'
import { commandLine } from '../config/origin.ts'
import { goodValues, type PipelineDocument, pipelineDocument } from '../config/pipeline/pipeline-document.ts'
import { type PipelineSettings, pipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { tokenFileProblem } from '../config/secrets/token.ts'
import { type AnyCommand, Command, type Done, type FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import type { Problem, Warning } from '../terminal/problem.ts'
import { safeText } from '../terminal/safe-text.ts'
import { say, sayFailure } from '../terminal/say.ts'
import { shellWord } from '../terminal/shell-word.ts'

const define = () =>
  new Command('init')
    .option('--out <file>', 'the file to write (default asana-audit.yaml)')
    .addHelpText('before', examples('init', 'init --out /etc/asana-audit.yaml'))

/** `asana-audit init`. */
export const initCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await init(flags)))

/** Asks for the settings of a pipeline, checks each answer immediately, and writes the YAML at the end. */
async function init({ out = 'asana-audit.yaml' }: FlagsOf<typeof define>): Promise<ExitCode> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answers = terminal[Symbol.asyncIterator]()
  const ask: Ask = async (question, fallback = '') => {
    process.stdout.write(safeText(`${question}${fallback && ` [${fallback}]`}: `))
    const { value, done } = await answers.next()
    if (done) throw new InputEnded()
    return value.trim() || fallback
  }
  try {
    tell(
      'This sets up one pipeline from a workspace to a destination. Ctrl-C ends it without writing anything.',
    )
    tell('')
    const asana = await askAsana(ask)
    const to = await askDestination(ask, asana)
    const alarm = typeof to === 'object' && 'panther_http' in to ? pantherAlarm : {}
    const document = { pipelines: [{ name: nameFor(asana.workspace, to), ...asana, to }], ...alarm }
    const path = await writeAsked(ask, out, stringify(document))
    tell('')
    tell(`✓ ${path} is written. Next:`)
    tell('')
    tell(`  asana-audit run --once --config ${path}   # deliver the backlog, then end`)
    tell(`  asana-audit run --config ${path}          # keep delivering new events`)
    return exitCode.done
  } catch (error) {
    if (!(error instanceof InputEnded)) throw error
    process.stderr.write('\n')
    sayFailure('The input ended before the last answer; nothing was written.')
    return exitCode.failed
  } finally {
    terminal.close()
  }
}

type Ask = (question: string, fallback?: string) => Promise<string>

class InputEnded extends Error {}

type AsanaPart = Pick<PipelineDocument, 'workspace' | 'token_file' | 'base_url'>

async function askAsana(ask: Ask): Promise<AsanaPart> {
  tell('The workspace is the "Domain ID" at the bottom of Settings in the admin console.')
  const baseUrl = process.env['ASANA_BASE_URL']?.trim()
  // Asana may not say which of the two is wrong. Enter then keeps the other one.
  let [workspace, tokenFile] = [process.env['ASANA_WORKSPACE'], process.env['ASANA_TOKEN_FILE']]
  for (;;) {
    workspace = await askSound('workspace', () => ask('Workspace', workspace))
    tell(
      'The token belongs to a service account (Apps, Service accounts) with the scope "Audit logs". Put it into a file that only you can read.',
    )
    tokenFile = await askSound('token_file', async () =>
      fromAnywhere(await ask('File with the token', tokenFile)),
    )
    tellIfOpen(tokenFile)
    const part = { workspace, token_file: tokenFile, ...(baseUrl && { base_url: baseUrl }) }
    const pipeline = await settingsFor({ ...part, to: 'stdout' })
    if (pipeline && isFine(await checkAsana(pipeline))) return part
  }
}

/** Only a warning: a service may run as a group that must read the file. */
function tellIfOpen(path: string): void {
  const mode = statSync(path).mode & 0o777
  // Windows has no such rights.
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  tell(
    `! Other users of this machine can read this file (its mode is ${mode.toString(8)}). To keep them out: chmod 600 ${shellWord(path)}`,
  )
}

/** Asks until the answer has the right form. Only Asana knows whether it is correct. */
async function askSound(setting: 'workspace' | 'token_file', answer: () => Promise<string>): Promise<string> {
  for (;;) {
    const value = await answer()
    const problems = await problemsOf(setting, value)
    if (problems.length === 0) return value
    for (const { message } of problems) tell(`✗ ${setting}: ${message}`)
  }
}

async function problemsOf(setting: 'workspace' | 'token_file', value: string): Promise<readonly Problem[]> {
  const parsed = pipelineDocument.safeParse({ workspace: '0', to: 'stdout', [setting]: value })
  if (!parsed.success) return [{ setting, message: goodValues[setting] ?? 'This cannot be used.' }]
  const problem = setting === 'token_file' ? tokenFileProblem(setting, value) : undefined
  return problem ? [problem] : []
}

async function askDestination(ask: Ask, asana: AsanaPart): Promise<string | object> {
  tell('')
  tell(
    'Choose a destination: otlp (a Collector or another OTLP receiver), splunk-hec (set SPLUNK_HEC_URL and SPLUNK_HEC_TOKEN_FILE first), panther-http (an HTTP source of Panther), file (OTLP JSON lines), archive (evidence, in a folder or a bucket) or stdout.',
  )
  for (;;) {
    const kind = await ask('Destination', 'otlp')
    const to = await destinationFor(kind, ask)
    const pipeline = await settingsFor({ ...asana, to })
    const onWarning = ({ message }: Warning): void => tell(`! ${message}`)
    if (pipeline && isFine(await checkDestination(pipeline, undefined, onWarning))) return to
  }
}

async function destinationFor(kind: string, ask: Ask): Promise<string | object> {
  if (kind === 'otlp') return { otlp: { endpoint: await ask('URL', 'http://localhost:4318/v1/logs') } }
  if (kind === 'panther-http') return { panther_http: await askPanther(ask) }
  if (kind === 'archive') return { archive: await askArchive(ask) }
  if (kind === 'file') return { file: { path: fromAnywhere(await ask('Path', 'asana-audit.jsonl')) } }
  return kind
}

/** Its position is kept under this name, so it must not be that of another pipeline, nor change when the destination moves. */
function nameFor(workspace: string, to: string | object): string {
  if (typeof to === 'string') return `${to}-${workspace}`
  const [[kind, settings] = ['', {}]] = Object.entries(to)
  // Only these can be there several times.
  const place = settings.path ?? settings.location
  const last = place === undefined ? '' : `-${parse(place).name.replaceAll(/[^\w.-]/g, '_')}`
  return `${kind.replace('_', '-')}-${workspace}${last}`
}

/** Panther's own set-up of a source ends with an alarm for when nothing comes, so this one does too. */
const pantherAlarm = { alarm: { drop_off: true } }

/** The way that Panther offers first, a bearer token; the other ways are settings of the YAML file. */
async function askPanther(ask: Ask): Promise<object> {
  tell(
    "In Panther, make an HTTP log source with the method Bearer. Panther's own Asana source must be off, or every event comes twice. The file gets an alarm for when no more events come: it goes to the log, and to the webhooks that you name under alarm:.",
  )
  const url = await ask('Address of the HTTP source', process.env['PANTHER_HTTP_URL']?.trim())
  const file = process.env['PANTHER_HTTP_SECRET_FILE']?.trim()
  return { url, secret_file: fromAnywhere(await ask('File with its bearer token', file)) }
}

/** The key of a bucket comes from the usual variables of AWS. */
async function askArchive(ask: Ask): Promise<object> {
  const location = await ask('Folder, or s3://BUCKET/PREFIX', 'archive')
  const bucket = isS3(location) ? await askBucket(ask) : undefined
  tell('A key signs what is archived. openssl genpkey -algorithm ed25519 -out archive-key.pem makes one.')
  const key = fromAnywhere(await ask('File with the key (Enter: none)'))
  return {
    ...(bucket ? { location, ...bucket } : { location: fromAnywhere(location) }),
    ...(key && { signing_key_file: key }),
  }
}

async function askBucket(ask: Ask): Promise<object> {
  const region = await ask('Region of the bucket', process.env['AWS_REGION']?.trim() || 'us-east-1')
  const endpoint = process.env['AWS_ENDPOINT_URL_S3']?.trim()
  return { region, ...(endpoint && { endpoint }) }
}

/** An absolute path: a service may run in another folder than this terminal. */
function fromAnywhere(path: string): string {
  return path && resolve(path)
}

/** Asks for a path until the file is written. */
async function writeAsked(ask: Ask, out: string, text: string): Promise<string> {
  for (;;) {
    const path = await askPath(ask, out)
    try {
      writeFileSync(path, text, { mode: 0o600 })
      return path
    } catch (error) {
      tell(`✗ ${path} cannot be written (${codeOf(error)}). ${pathStep(error)}`)
    }
  }
}

async function askPath(ask: Ask, out: string): Promise<string> {
  tell('')
  for (;;) {
    const path = await ask('Write the configuration to', out)
    if (!existsSync(path)) return path
    if ((await ask(`${path} exists. Replace it? (yes or no)`, 'no')) === 'yes') return path
  }
}

/** The settings of a draft. Prints its problems and returns undefined if there are any. */
async function settingsFor(draft: unknown): Promise<PipelineSettings | undefined> {
  const problems: Problem[] = []
  const parsed = pipelineDocument.safeParse(draft)
  const [pipeline] = parsed.success
    ? await pipelineSettings(
        parsed.data,
        commandLine((path) => path),
        process.env,
        problems,
      )
    : []
  if (!parsed.success) {
    for (const { path } of parsed.error.issues) {
      const setting = String(path[0] ?? '')
      problems.push({ setting, message: goodValues[setting] ?? 'This cannot be used.' })
    }
  }
  for (const { setting, message } of problems) tell(`✗ ${setting}: ${message}`)
  return problems.length === 0 ? pipeline : undefined
}

function tell(text: string): void {
  say(text, text.startsWith('✓') || text.startsWith('✗') ? 2 : 0)
}

/** Prints a finding. False if its answers must be asked for again. */
function isFine({ ok, message }: Finding): boolean {
  tell(`${ok ? '✓' : '✗'} ${message}`)
  if (!ok) tell('  Please answer again:')
  return ok
}
