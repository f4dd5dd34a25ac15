import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeBundle } from './bundle/write-bundle.ts'

/**
 * `pnpm mutants FILE… [--tests GLOB…]`: changes each file in many small ways, one at a time, and runs the tests of its package, or the
 * named ones, against each change. Changes that the nearest tests do not notice are then tried with all tests.
 * A change that no test notices has survived: either a test is missing, or the change makes no difference.
 * Prints every survivor, and a score for each file. It is not part of the test command, because a file takes minutes.
 */
const root = resolve(import.meta.dirname, '..')
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string', multiple: true },
    concurrency: { type: 'string', default: '2' },
  },
})
const files = positionals.map((file) => relative(root, resolve(file)))
const wrong = files.filter(
  (file) => !/^packages\/[^/]+\/src\/.+\.ts$/.test(file) || !existsSync(join(root, file)),
)
if (files.length === 0 || wrong.length > 0) {
  for (const file of wrong) console.error(`${file} is not a source file of a package.`)
  console.error('Give source files of packages, for example: pnpm mutants packages/core/src/retry.ts')
  process.exit(2)
}

// Tests start the command as a bundle, and Stryker copies it with everything else.
await writeBundle()

// One folder for each run, because several may run at once.
const cache = join(root, '.cache/mutants', String(process.pid))
mkdirSync(cache, { recursive: true })
const byPackage = Map.groupBy(files, (file) => file.split('/').slice(0, 2).join('/'))
const lines: string[] = []
let failed = false
for (const [folder, mutate] of byPackage) {
  const name = folder.replace('/', '-')
  const [vitest, stryker, report] = ['vitest.config.ts', 'stryker.json', 'report.json'].map((end) =>
    join(cache, `${name}-${end}`),
  ) as [string, string, string]
  const tests = { include: values.tests ?? [`${folder}/test/**/*.test.ts`], testTimeout: 60_000 }
  writeFileSync(vitest, `export default { test: ${JSON.stringify(tests)} }\n`)
  const options = {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: vitest, related: true },
    mutate,
    ignorePatterns: ['bench', 'docs', 'dist', '.cache'],
    // Otherwise it would use an interface that TypeScript 7 does not have, to rewrite paths that this tsconfig does not have.
    tsconfigFile: 'tsconfig.none.json',
    tempDirName: join(relative(root, cache), 'sandbox'),
    reporters: ['clear-text', 'progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    concurrency: Number(values.concurrency),
    timeoutMS: 10_000,
  }
  writeFileSync(stryker, JSON.stringify(options))
  const { status } = spawnSync('stryker', ['run', stryker], { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    failed = true
    continue
  }
  lines.push(...scores(report))
}
rmSync(cache, { recursive: true, force: true })
console.log(lines.join('\n'))
if (failed) process.exit(1)

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>
}

/** One row for each file, as in CONTRIBUTING. */
function scores(path: string): string[] {
  const { files: found } = JSON.parse(readFileSync(path, 'utf8')) as Report
  return Object.entries(found).map(([file, { mutants }]) => {
    const counted = (statuses: readonly string[]): number =>
      mutants.filter(({ status }) => statuses.includes(status)).length
    const noticed = counted(['Killed', 'Timeout'])
    const all = noticed + counted(['Survived', 'NoCoverage'])
    return `| \`${file}\` | ${noticed} of ${all} | ${all === 0 ? '-' : Math.round((100 * noticed) / all)} % |`
  })
}
