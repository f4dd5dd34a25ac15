import { createRequire } from 'node:module'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, type Plugin, type RolldownBuild, rolldown } from 'rolldown'
import { chartLibrary } from '../../packages/cli/src/report/chart-library.ts'
import { ruleFiles, shippedRulesFolder } from '../../packages/detections/src/read/rule-files.ts'
import { releasedPackages, releasedVersion } from '../release/packages.ts'
import { type BundledPackage, bundledPackages, packageFolderOf } from './bundled-packages.ts'
import { thirdPartyNotices } from './third-party-notices.ts'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'packages/cli')

/** The text of Chart.js is part of the bundle, because reports contain it and it is not installed with the command. */
const chartText: Plugin = {
  name: 'text of Chart.js',
  load: (id) =>
    id === join(source, 'src/report/chart-library.ts')
      ? `export const chartLibrary = () => ${JSON.stringify(chartLibrary())}`
      : undefined,
}

/**
 * Only the parts of undici that we import, and `connect`, which its index gives each dispatcher and which tunnels through a proxy need. The
 * whole index would also load `fetch`, WebSocket and more: 12 MB of memory.
 */
const undiciParts: Plugin = {
  name: 'parts of undici',
  load(id) {
    if (!/node_modules\/undici\/index\.js$/.test(id)) return undefined
    const parts = Object.entries(undiciFiles).map(([name, file]) => `  ${name}: require('./lib/${file}.js'),`)
    return `require('./lib/dispatcher/dispatcher.js').prototype.connect = require('./lib/api/api-connect.js')
module.exports = {\n${parts.join('\n')}\n}`
  },
}

const undiciFiles = {
  Agent: 'dispatcher/agent',
  Pool: 'dispatcher/pool',
  ProxyAgent: 'dispatcher/proxy-agent',
  Socks5ProxyAgent: 'dispatcher/socks5-proxy-agent',
  buildConnector: 'core/connect',
}

/** Who keeps a state in PostgreSQL installs `pg` beside the command; all others need not have it. */
const besideTheCommand = ['pg', 'pg-boss']

/** Of the driver of PostgreSQL not the part that needs a C library. */
const pureDriver: Plugin = {
  name: 'the driver of PostgreSQL without C',
  load: (id) =>
    /node_modules\/pg\/lib\/native\/index\.js$/.test(id) ? 'module.exports = undefined' : undefined,
}

/** The rules are read by path. In the package they are beside the folder of the bundle. */
const rulesPath: Plugin = {
  name: 'path of the detection rules',
  transform(code, id) {
    if (id !== join(root, 'packages/detections/src/read/rule-files.ts')) return undefined
    const moved = code.replace(
      `join(import.meta.dirname, '..', '..', 'rules')`,
      `join(import.meta.dirname, '..', 'rules')`,
    )
    if (moved === code) throw new Error('The path of the detection rules was not found in their source.')
    return moved
  },
}

/** Without the slash of a scope: all files of the bundle are in one folder. */
function packageFileName(id: string): string | null {
  return packageFolderOf(id)?.name.replace(/^@/, '').replace('/', '-') ?? null
}

export interface BundledCommand {
  /** By their paths in the package. */
  readonly files: ReadonlyMap<string, string>
  readonly packages: readonly BundledPackage[]
}

/**
 * The command with everything it uses, except the modules of Node and `pg`: a few files of JavaScript, the detection rules, which are read by path,
 * and the licences. docs/decisions/bundled-command.md says why.
 */
export async function bundledCommand(): Promise<BundledCommand> {
  const bundle = await open('bin.ts', [chartText, rulesPath, undiciParts], besideTheCommand)
  const { output } = await bundle.generate({
    format: 'esm',
    // Readable, for stack traces and for people who check what they run. Minified it does not start faster.
    minify: false,
    comments: { jsdoc: false },
    chunkFileNames: '[name].js',
    // One file for each package of others, with its name.
    codeSplitting: { groups: [{ name: packageFileName, debugName: 'packages' }] },
  })
  await bundle.close()
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk')
  if (chunks.length < output.length) throw new Error('The bundle has a file that is not code.')
  const packages = packagesOf(chunks)
  const files = new Map([
    ...chunks.map(({ fileName, code }) => [join('bundle', fileName), code] as const),
    ...(await ruleFiles(shippedRulesFolder)).map(
      ({ name, text }) => [join('rules', relative(shippedRulesFolder, name)), text] as const,
    ),
    ['THIRD-PARTY-NOTICES.txt', thirdPartyNotices(packages)] as const,
  ])
  return { files, packages }
}

export interface BundledExecutable {
  readonly code: string
  readonly notices: string
  readonly packages: readonly BundledPackage[]
}

/**
 * The command as one CommonJS file that reads no other file: Node takes no other form into a single executable. The version and
 * the detection rules are in it. Modules still run only when a command needs them. With the licences of what is in it, but Node's.
 */
export async function bundledExecutable(): Promise<BundledExecutable> {
  const bundle = await open('executable.ts', [
    chartText,
    undiciParts,
    pureDriver,
    versionText,
    await rulesTexts(),
  ])
  const { output } = await bundle.generate({
    format: 'cjs',
    minify: false,
    comments: { jsdoc: false },
    codeSplitting: false,
  })
  await bundle.close()
  const [chunk, ...others] = output
  if (others.length > 0) throw new Error('The bundle of the executable is not one file.')
  const packages = packagesOf([chunk])
  return { code: chunk.code, notices: thirdPartyNotices(packages), packages }
}

function open(
  entry: string,
  plugins: readonly Plugin[],
  external: readonly string[] = [],
): Promise<RolldownBuild> {
  return rolldown({
    // Comments in the bundle name each source by its path from this folder.
    cwd: root,
    logLevel: 'warn',
    input: { [basename(entry, '.ts')]: join(source, 'src', entry) },
    platform: 'node',
    external: [...external],
    plugins: [...plugins],
  })
}

const versionText: Plugin = {
  name: 'the version',
  load: (id) =>
    id === join(source, 'src/version.ts')
      ? `export const version = ${JSON.stringify(releasedVersion(releasedPackages(root)))}`
      : undefined,
}

async function rulesTexts(): Promise<Plugin> {
  const files = await ruleFiles(shippedRulesFolder)
  const named = files.map(({ name, text }) => ({ name: `rules/${relative(shippedRulesFolder, name)}`, text }))
  return {
    name: 'texts of the detection rules',
    load: (id) =>
      id === join(root, 'packages/detections/src/read/shipped-rule-files.ts')
        ? `export const shippedRuleFiles = async () => ${JSON.stringify(named)}`
        : undefined,
  }
}

function packagesOf(chunks: readonly OutputChunk[]): BundledPackage[] {
  const chart = createRequire(join(source, 'package.json')).resolve('chart.js')
  return bundledPackages([
    ...chunks.flatMap(({ moduleIds }) => moduleIds),
    // In the text of Chart.js.
    ...[chart, createRequire(chart).resolve('@kurkle/color')],
    // The bundler adds its own helpers.
    fileURLToPath(import.meta.resolve('rolldown')),
  ])
}
