import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { chartLibrary } from '../../packages/cli/src/report/chart-library.ts'
import { shippedRulesFolder } from '../../packages/detections/src/read/rule-files.ts'
import { packageFolderOf, thirdPartyNotices } from './third-party-notices.ts'

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

/** Only the parts of undici that we import. Its index would also load `fetch`, WebSocket and more: 12 MB of memory. */
const undiciParts: Plugin = {
  name: 'parts of undici',
  load(id) {
    if (!/node_modules\/undici\/index\.js$/.test(id)) return undefined
    const parts = Object.entries(undiciFiles).map(([name, file]) => `  ${name}: require('./lib/${file}.js'),`)
    return `module.exports = {\n${parts.join('\n')}\n}`
  },
}

const undiciFiles = {
  Agent: 'dispatcher/agent',
  Pool: 'dispatcher/pool',
  ProxyAgent: 'dispatcher/proxy-agent',
  Socks5ProxyAgent: 'dispatcher/socks5-proxy-agent',
  buildConnector: 'core/connect',
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

/**
 * The command with everything it uses, except the modules of Node: a few files of JavaScript, the detection rules, which are read by path,
 * and the licences. Returns the files by their paths in the package. docs/decisions/bundled-command.md says why.
 */
export async function bundledCommand(): Promise<Map<string, string>> {
  const bundle = await rolldown({
    // Comments in the bundle name each source by its path from this folder.
    cwd: root,
    logLevel: 'warn',
    input: { bin: join(source, 'src/bin.ts') },
    platform: 'node',
    plugins: [chartText, rulesPath, undiciParts],
  })
  const { output } = await bundle.generate({
    format: 'esm',
    // Readable, for stack traces and for people who check what they run. Minified it does not start faster.
    minify: false,
    comments: { jsdoc: false },
    chunkFileNames: '[name].js',
    // One file for each package of others, with its name.
    codeSplitting: { groups: [{ name: (id) => packageFolderOf(id)?.name ?? null, debugName: 'packages' }] },
  })
  await bundle.close()
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk')
  if (chunks.length < output.length) throw new Error('The bundle has a file that is not code.')
  return new Map([
    ...chunks.map(({ fileName, code }) => [join('bundle', fileName), code] as const),
    ...readdirSync(shippedRulesFolder).map(
      (name) => [join('rules', name), readFileSync(join(shippedRulesFolder, name), 'utf8')] as const,
    ),
    ['THIRD-PARTY-NOTICES.txt', thirdPartyNotices(thirdPartyFiles(chunks))],
  ])
}

function thirdPartyFiles(chunks: readonly OutputChunk[]): string[] {
  const chart = createRequire(join(source, 'package.json')).resolve('chart.js')
  return [
    ...chunks.flatMap(({ moduleIds }) => moduleIds),
    // In the text of Chart.js.
    ...[chart, createRequire(chart).resolve('@kurkle/color')],
    // The bundler adds its own helpers.
    fileURLToPath(import.meta.resolve('rolldown')),
  ]
}
