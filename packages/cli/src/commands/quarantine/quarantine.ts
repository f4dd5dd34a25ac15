import type { StoredQuarantineEntry } from '@asana-audit/core'
import { toJsonText } from '@asana-audit/schema/lossless'
import { existingState } from '../../config/existing-state.ts'
import type { StatePath } from '../../config/state-path.ts'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { withStateFlags } from '../../flags/state-flags.ts'
import { openExistingState } from '../../pipelines/open-state.ts'
import { didYouMean } from '../../terminal/did-you-mean.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { safeJson } from '../../terminal/safe-text.ts'
import { sayFailure } from '../../terminal/say.ts'
import { wrapped } from '../../terminal/wrapped.ts'

const defineList = () =>
  withStateFlags('list')
    .description('List the events in quarantine, oldest first.')
    .option('--json', 'print JSON')
    .option('--pipeline <name>', 'only this pipeline')
    .addHelpText('before', examples('quarantine list', 'quarantine list --json'))

/** `asana-audit quarantine list`. */
export const quarantineListCommand = (done: Done): AnyCommand =>
  defineList().action(async (flags) => done(await quarantineList(flags)))

const defineShow = () =>
  withStateFlags('show')
    .argument('<number>')
    .description('Show one event in full, with the reason.')
    .option('--json', 'print JSON')
    .addHelpText('before', examples('quarantine show 1'))

/** `asana-audit quarantine show`. */
export const quarantineShowCommand = (done: Done): AnyCommand =>
  defineShow().action(async (number, flags) => done(await quarantineShow(number, flags)))

async function quarantineList(flags: FlagsOf<typeof defineList>): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  if ('problems' in location) return invalidSettings(location.problems)
  let entries = 0
  for await (const entry of quarantine(location, flags.pipeline)) {
    entries += 1
    process.stdout.write(flags.json ? `${safeJson(toJsonText(entry))}\n` : listLine(entry))
  }
  if (entries === 0 && flags.pipeline !== undefined) {
    const problems = await unknownPipeline(location, flags.pipeline)
    if (problems.length > 0) return invalidSettings(problems)
  }
  if (entries === 0 && !flags.json) process.stdout.write('The quarantine is empty.\n')
  return exitCode.done
}

/** Without this check, a mistyped pipeline would seem to have nothing in quarantine. */
async function unknownPipeline(location: StatePath, name: string): Promise<Problem[]> {
  const state = await openExistingState(location)
  const lanes = await state.lanes().finally(() => state.close())
  const names = new Set(lanes.map(({ pipeline }) => pipeline))
  for await (const { pipeline } of quarantine(location)) names.add(pipeline)
  if (names.has(name)) return []
  const meant = didYouMean(name, names)
  const known = names.size > 0 ? `It holds: ${[...names].join(', ')}.` : 'It holds no pipeline.'
  const message = `There is no pipeline "${name}" in the state ${location.statePath}.${meant} ${known}`
  return [{ setting: '--pipeline', message }]
}

async function quarantineShow(number: string, flags: FlagsOf<typeof defineShow>): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  const problems = 'problems' in location ? [...location.problems] : []
  if (!/^\d+$/.test(number)) {
    const message = `${JSON.stringify(number)} is not the number of an entry. quarantine list shows them.`
    problems.push({ setting: 'number', message })
  }
  if ('problems' in location || problems.length > 0) return invalidSettings(problems)
  for await (const entry of quarantine(location)) {
    if (String(entry.number) !== number) continue
    const { event, ...about } = entry
    const text = flags.json
      ? safeJson(toJsonText(entry))
      : `${Object.entries(about)
          .map(([name, value]) => wrapped(`${name.padEnd(14)} ${value ?? '-'}`, 15, process.stdout.columns))
          .join('\n')}\n\n${indented(event)}`
    process.stdout.write(`${text}\n`)
    return exitCode.done
  }
  sayFailure(`There is no entry ${number} in the quarantine; asana-audit quarantine list shows all entries.`)
  return exitCode.failed
}

async function* quarantine(location: StatePath, pipeline?: string): AsyncGenerator<StoredQuarantineEntry> {
  const state = await openExistingState(location)
  try {
    yield* state.quarantine(pipeline)
  } finally {
    await state.close()
  }
}

function listLine({
  number,
  pipeline,
  kind,
  id,
  code,
  reason,
  quarantinedAt,
}: StoredQuarantineEntry): string {
  const line = `${number}  ${quarantinedAt.slice(0, 19)}Z  ${pipeline}  ${kind} ${code}  gid ${id ?? '-'}  ${reason}`
  return `${wrapped(line, String(number).length + 2, process.stdout.columns)}\n`
}

/** Indented for a person. An event nested thousands deep would overflow the stack, so that one stays on one line. */
function indented(event: unknown): string {
  try {
    return JSON.stringify(event, null, 2).split('\n').map(safeJson).join('\n')
  } catch (error) {
    if (error instanceof RangeError) return safeJson(toJsonText(event))
    throw error
  }
}
