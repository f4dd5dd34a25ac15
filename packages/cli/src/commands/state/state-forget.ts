import type { DurableState, LaneSummary, QuarantineCount } from '@asana-audit/core'
import { existingState } from '../../config/existing-state.ts'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { withStateFlags } from '../../flags/state-flags.ts'
import { openExistingState } from '../../pipelines/open-state.ts'
import { didYouMean } from '../../terminal/did-you-mean.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'
import { shellWord } from '../../terminal/shell-word.ts'

const define = () =>
  withStateFlags('forget')
    .argument('<pipeline>', 'its name, as state show has it')
    .description(
      'Delete all that the state has of one pipeline, for example of one with a mistyped name. Without --yes it only says what that is. Stop "run" first.',
    )
    .option('--yes', 'delete it')
    .option(
      '--with-quarantine',
      'delete its events in quarantine too, which were not delivered; without it a pipeline that has some is kept',
    )
    .option('--json', 'print JSON')
    .addHelpText('before', examples('state forget acme-otlp', 'state forget acme-otlp --yes'))

/** `asana-audit state forget`. */
export const stateForgetCommand = (done: Done): AnyCommand =>
  define().action(async (pipeline, flags) => done(await stateForget(pipeline, flags)))

/** What is deleted with a pipeline, for people. */
interface Held {
  readonly lanes: readonly LaneSummary[]
  readonly quarantine: readonly QuarantineCount[]
}

async function stateForget(pipeline: string, flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  if ('problems' in location) return invalidSettings(location.problems)
  const { statePath } = location
  const state = await openExistingState(location)
  try {
    // A claim makes a pipeline that is missing.
    const unknown = await unknownPipeline(state, pipeline, statePath)
    if (unknown) return invalidSettings([unknown])
    const { held, refused } = flags.yes
      ? await forget(state, pipeline, flags.withQuarantine === true)
      : { held: await heldOf(state, pipeline), refused: undefined }
    if (refused) return invalidSettings([refused])
    const isForgotten = flags.yes === true
    if (flags.json) sayJson({ statePath, pipeline, forgotten: isForgotten, ...held })
    else describe(pipeline, held, isForgotten, statePath)
  } finally {
    await state.close()
  }
  return exitCode.done
}

/** Looks again once nobody else can change it. */
async function forget(
  state: DurableState,
  pipeline: string,
  withQuarantine: boolean,
): Promise<{ readonly held: Held; readonly refused: Problem | undefined }> {
  await using claim = await state.claim(pipeline)
  const held = await heldOf(state, pipeline)
  const entries = entriesIn(held)
  if (entries > 0 && !withQuarantine) return { held, refused: stillInQuarantine(pipeline, entries) }
  await claim.forget()
  return { held, refused: undefined }
}

async function heldOf(state: DurableState, pipeline: string): Promise<Held> {
  const ofIt = (row: { readonly pipeline: string }): boolean => row.pipeline === pipeline
  const [lanes, counts] = await Promise.all([state.lanes(), state.quarantineCounts()])
  return { lanes: lanes.filter(ofIt), quarantine: counts.filter(ofIt) }
}

function entriesIn({ quarantine }: Held): number {
  return quarantine.reduce((sum, { entries }) => sum + entries, 0)
}

async function unknownPipeline(
  state: DurableState,
  name: string,
  statePath: string,
): Promise<Problem | undefined> {
  const names = (await state.pipelines()).map(({ pipeline }) => pipeline)
  if (names.includes(name)) return undefined
  const known = names.length > 0 ? `It holds: ${names.join(', ')}.` : 'It holds no pipeline.'
  const message = `There is no pipeline "${name}" in the state ${statePath}.${didYouMean(name, names)} ${known}`
  return { setting: 'pipeline', message }
}

function stillInQuarantine(pipeline: string, entries: number): Problem {
  const events = entries === 1 ? 'One event' : `${entries.toLocaleString('en')} events`
  const message = `${events} of this pipeline ${entries === 1 ? 'is' : 'are'} in quarantine and would be lost. See them with quarantine list --pipeline ${shellWord(pipeline)}, and deliver them with quarantine replay. To delete them too, give --with-quarantine.`
  return { setting: '--with-quarantine', message }
}

function describe(pipeline: string, held: Held, isForgotten: boolean, statePath: string): void {
  const { lanes, quarantine } = held
  say(
    isForgotten ? `✓ ${pipeline} is forgotten. Deleted from ${statePath}:` : `${pipeline}, in ${statePath}:`,
  )
  for (const { lane, delivered, committedAt } of lanes)
    say(`  the position of ${lane}, saved ${committedAt}, after ${delivered.toLocaleString('en')} events`, 4)
  if (lanes.length === 0) say('  no position: it has saved none', 4)
  for (const { kind, code, entries } of quarantine)
    say(`  in quarantine: ${entries.toLocaleString('en')} ${kind} with the code ${code}`, 4)
  say('  the ids and counts of its events, and its notes', 4)
  if (isForgotten) return
  const flags = quarantine.length > 0 ? '--yes --with-quarantine' : '--yes'
  say(
    `Nothing was deleted. To delete this, add ${flags}. A later run of this name begins anew and delivers again what Asana still has.`,
    0,
  )
}
