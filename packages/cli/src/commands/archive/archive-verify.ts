import { type ArchiveReport, verifyArchive } from '@asana-audit/archive'
import { existingState } from '../../config/existing-state.ts'
import { stateInArchive } from '../../config/places/files-in-use.ts'
import type { StatePath } from '../../config/state-path.ts'
import { counted } from '../../counted.ts'
import { type AnyCommand, Command, type Done, type FlagsOf, repeated } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { archiveAt, archiveFolders } from '../../input/archive/archive-location.ts'
import { keptHeads, placeOfArchive } from '../../pipelines/destination/archive-head.ts'
import type { KeptHead } from '../../pipelines/destination/kept-head.ts'
import { openExistingState } from '../../pipelines/open-state.ts'
import { watchedReading } from '../../pipelines/verify/watched-reading.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayFailure, sayJson } from '../../terminal/say.ts'
import { archiveKey, bucketVariables } from './archive-key.ts'
import {
  archivePipeline,
  type ComparedWithAsana,
  comparedText,
  compareWithAsana,
} from './compare-with-asana.ts'

const define = () =>
  new Command('verify')
    .argument('<location>', 'the folder of the archive, s3://BUCKET/PREFIX, or the folder of a copy')
    .description(
      'Compare every object of an archive with its entry in the manifest, and the manifest with itself. With --asana, also with what Asana shows now, event by event. Nothing is written.',
    )
    .option(
      '--public-key <file>',
      'the Ed25519 public key in PEM: each entry must be signed with it. May be repeated, if the key was changed',
      repeated,
    )
    .option(
      '--head <digest>',
      'the head of a chain that an earlier archive verify printed: it must still be there',
    )
    .option(
      '--state <path>',
      'the state of the run that writes the archive: the heads that it has must still be there. A file, or postgres://user@host/database',
    )
    .option(
      '--asana',
      'compare with what Asana shows now, too: missing, rewritten and no longer shown, by gid. Token and workspace as for run',
    )
    .option('--config <file>', 'the YAML file that names the state, and with --asana the pipeline')
    .option('--workspace <gid>', 'with --asana: the "Domain ID" from Settings in the admin console')
    .option('--name <name>', 'with --asana: the name of the pipeline in the state')
    .option('--base-url <url>', 'with --asana: the URL of the Asana API')
    .option(
      '--requests-per-minute <number>',
      'with --asana: most requests to Asana with one token (default 1200)',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples(
        'archive verify /var/lib/asana-audit/archive',
        'archive verify s3://audit-evidence/asana \\\n      --state /var/lib/asana-audit/state.db',
        'archive verify ./copy --public-key archive-key.pub.pem --json',
        'archive verify ./archive --asana --config pipelines.yaml',
      ),
    )
    .addHelpText('after', bucketVariables)
    .addHelpText(
      'after',
      '\nExit status: 0 everything agrees, 1 something does not, or --asana found nothing\nto compare, 2 wrong configuration.',
    )

/** `asana-audit archive verify`. */
export const archiveVerifyCommand = (done: Done): AnyCommand =>
  define().action(async (location, flags) => done(await archiveVerify(location, flags)))

async function archiveVerify(written: string, flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const store = await archiveAt(written, 'location', process.env, problems)
  const publicKey = flags.publicKey?.flatMap(
    (path) => archiveKey(path, 'public', '--public-key', problems) ?? [],
  )
  const head = flags.head?.trim().toLowerCase()
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    const message =
      'It is not a digest. Give the 64 letters and digits that an earlier archive verify printed.'
    problems.push({ setting: '--head', message })
  }
  const location = await namedState(flags, problems)
  // With --asana the settings of the pipeline are compared with its archive.
  if (location && !flags.asana)
    problems.push(...stateInArchive(location, archiveFolders([written], 'location')))
  const asana =
    flags.asana && store ? await archivePipeline(flags, written, store.place, problems) : undefined
  if (problems.length > 0 || !store) return invalidSettings(problems)
  const watched = watchedReading()
  try {
    const kept = location ? await headsIn(location) : []
    const ofPlace = kept.filter(({ place }) => place === placeOfArchive(store.place))
    const noted = [...ofPlace.map(({ sha256 }) => sha256), ...(head === undefined ? [] : [head])]
    const isUnknown = location !== undefined && ofPlace.length === 0
    const stored = await verifyArchive({ store, publicKey, head: noted, onProgress: watched.readObjects })
    const compared = asana && (await compareWithAsana(store, stored, asana, watched))
    watched.stop()
    const report = {
      ...stored,
      problems: [...stored.problems, ...(compared?.problems ?? [])],
      ...compared?.said,
    }
    if (flags.json) sayJson(report)
    else {
      if (compared) say(comparedText(compared.said.compared, stored))
      sayReport(report, agreement(publicKey !== undefined, isUnknown ? undefined : noted.length > 0))
      if (compared && isShownWhole(compared)) say(shownWhole)
    }
    if (isUnknown) sayFailure(noHead(store.place, kept))
    // A comparison that could not be made must not look like one without differences.
    const isNothing = compared?.said.compared.length === 0
    return report.problems.length === 0 && !isUnknown && !isNothing ? exitCode.done : exitCode.failed
  } finally {
    watched.stop()
    await store.close()
  }
}

/** Undefined if no state is named: then none is asked. */
async function namedState(
  flags: Pick<FlagsOf<typeof define>, 'state' | 'config'>,
  problems: Problem[],
): Promise<StatePath | undefined> {
  if (flags.state === undefined && flags.config === undefined) return undefined
  const location = await existingState(flags, process.env)
  if (!('problems' in location)) return location
  problems.push(...location.problems)
  return undefined
}

async function headsIn(location: StatePath): Promise<KeptHead[]> {
  const state = await openExistingState(location)
  try {
    return await keptHeads(state)
  } finally {
    await state.close()
  }
}

function noHead(place: string, kept: readonly KeptHead[]): string {
  const others = kept.map((one) => `${one.place}: ${one.sha256}`).join(', ')
  const step =
    others === ''
      ? 'No run has archived with it yet.'
      : `It has these: ${others}. For a copy of one, give its head with --head.`
  return `The state has no head of ${place}, so it would not show if the newest objects were taken away with their entries. ${step}`
}

/** Says that everything agrees, and what that is. `hasHead`: a head was noted before; undefined if none is known of this archive. */
function agreement(isSigned: boolean, hasHead: boolean | undefined): string {
  const all = [
    'Everything is as the manifest says',
    ...(isSigned ? ['every entry is signed with the key that was given'] : []),
    ...(hasHead ? ['the head that was noted is there'] : []),
  ]
  const text = `${all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')}, and ${all.at(-1)}`}.`
  return hasHead === false
    ? `${text} That the newest objects were not taken away shows only with a head that was noted: give the state with --state, or keep the head where nobody can change it for --head.`
    : text
}

function isShownWhole({ problems, said }: ComparedWithAsana): boolean {
  return problems.length === 0 && said.compared.length > 0
}

const shownWhole =
  '✓ Of the time that was compared with Asana, the archive holds every event that Asana shows now, unchanged.'

/** A changed field policy makes a problem of each event. */
const mostSaid = 100

function sayReport(
  { place, lanes, objects, events, formats, first, last, problems }: ArchiveReport,
  whole: string,
): void {
  for (const { message } of problems.slice(0, mostSaid)) say(`✗ ${message}`)
  if (problems.length > mostSaid) say(`… and ${problems.length - mostSaid} more, which --json names.`)
  const range = first === undefined ? '' : `, from ${first} to ${last}`
  const each = formats.map(({ format, events }) => `${format} ${events.toLocaleString('en')}`).join(', ')
  const byFormat = formats.length > 1 ? ` (${each})` : ''
  say(`${place}: ${counted(events, 'event')} in ${counted(objects, 'object')}${byFormat}${range}.`)
  for (const { lane, entries, head } of lanes) {
    say(`  ${lane}: ${counted(entries, 'entry', 'entries')}, head ${head}`, 4)
  }
  if (problems.length === 0) say(`✓ ${whole}`)
  else say(`${counted(problems.length, 'problem')}.`)
}
