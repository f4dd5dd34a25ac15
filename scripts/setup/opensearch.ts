/**
 * Fetches OpenSearch from Maven Central once, as scripts/opensearch/pom.xml says, for the tests of stores, into the cache folder of the user. If
 * it is there already, or OPENSEARCH_FOLDER names one, it only reports that. Run `pnpm setup:opensearch`; it needs Maven and a JDK of version 17 or later.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { builtOpenSearch, nodeSource, openSearchFolder, pomPath } from '../opensearch/location.ts'
import { makeFolder } from './parts/make-folder.ts'

const execute = promisify(execFile)

async function run(program: string, args: readonly string[]): Promise<void> {
  try {
    await execute('nice', ['-n', '15', program, ...args], { maxBuffer: 2 ** 26 })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} failed.\n${stdout ?? ''}${stderr ?? ''}`.trim())
  }
}

/** Fails with the next step, unless there are a JDK and Maven. */
async function checkTools(): Promise<void> {
  for (const [tool, asks] of [
    ['javac', '-version'],
    ['mvn', '-version'],
  ] as const)
    await execute(tool, [asks]).catch(() => {
      throw new Error(
        `There is no ${tool}. Install Maven and a JDK of version 17 or later, and run this again.`,
      )
    })
}

async function fetchNode(folder: string): Promise<void> {
  await checkTools()
  const jars = join(folder, 'jars')
  await run('mvn', [
    '--batch-mode',
    '--quiet',
    '--file',
    pomPath,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${jars}`,
  ])
  await run('javac', ['-cp', join(jars, '*'), '-d', folder, nodeSource])
}

try {
  if (!openSearchFolder(process.env)) await makeFolder(builtOpenSearch(process.env), fetchNode)
  process.stdout.write(`OpenSearch: ${openSearchFolder(process.env)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
