import { type CompactedDay, compactArchive, isDay } from '@asana-audit/archive'
import { isS3 } from '../../config/destination/s3-location.ts'
import { inHome } from '../../config/origin.ts'
import { archiveFolderProblem } from '../../config/places/archive-folder-problem.ts'
import { counted } from '../../counted.ts'
import { type AnyCommand, Command, type Done, type FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { archiveAt } from '../../input/archive/archive-location.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'
import { archiveKey, bucketVariables } from './archive-key.ts'

const define = () =>
  new Command('compact')
    .argument('<location>', 'the folder of the archive, or s3://BUCKET/PREFIX')
    .description(
      'Join the small objects of closed UTC days. What a joined object replaces is removed once the joined one and its entry are there and were read back. For a folder, stop "run" first.',
    )
    .option('--day <day>', 'only this UTC day, for example 2026-03-10')
    .option('--before <day>', 'only the days before this one')
    .option('--dry-run', 'say what would be joined, and change nothing')
    .option('--keep-originals', 'join, and remove nothing')
    .option('--signing-key-file <file>', 'the Ed25519 private key in PEM, where entries are signed')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples(
        'archive compact /var/lib/asana-audit/archive --dry-run',
        'archive compact s3://audit-evidence/asana --before 2026-03-01',
        'archive compact ./archive --day 2026-03-10 \\\n      --signing-key-file archive-key.pem',
      ),
    )
    .addHelpText('after', bucketVariables)
    .addHelpText('after', '\nExit status: 0 done, 1 it could not be finished, 2 wrong configuration.')

/** `asana-audit archive compact`. */
export const archiveCompactCommand = (done: Done): AnyCommand =>
  define().action(async (location, flags) => done(await archiveCompact(location, flags)))

async function archiveCompact(location: string, flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  for (const [setting, day] of [
    ['--day', flags.day],
    ['--before', flags.before],
  ] as const) {
    if (day === undefined || isDay(day)) continue
    problems.push({ setting, message: 'It is not a day. A good value is 2026-03-10.' })
  }
  const store = await archiveAt(location, 'location', process.env, problems)
  const folder = inHome(location.replace(/^archive:/, ''))
  const unwritable = store && !flags.dryRun && !isS3(folder) ? await archiveFolderProblem(folder) : undefined
  if (unwritable !== undefined) problems.push({ setting: 'location', message: unwritable })
  const path = flags.signingKeyFile
  const signingKey =
    path === undefined ? undefined : archiveKey(path, 'private', '--signing-key-file', problems)
  if (problems.length > 0 || !store) return invalidSettings(problems)
  const { day, before, dryRun, keepOriginals, json } = flags
  try {
    const onDay = json ? undefined : (one: CompactedDay): void => sayDay(one, flags)
    const days = await compactArchive({ store, day, before, dryRun, keepOriginals, signingKey, onDay })
    if (json) sayJson({ place: store.place, days })
    else say(summary(days, flags))
    return exitCode.done
  } finally {
    await store.close()
  }
}

type Flags = Pick<FlagsOf<typeof define>, 'dryRun' | 'keepOriginals'>

function sayDay({ day, format, joined, removed }: CompactedDay, { dryRun, keepOriginals }: Flags): void {
  const before = joined.reduce((sum, { replaces }) => sum + replaces.length, 0)
  const events = joined.reduce((sum, { events: count }) => sum + count, 0)
  const become = dryRun ? 'would become' : 'became'
  const what =
    joined.length === 0
      ? `${counted(removed.length, 'object')} that an earlier call had joined ${removed.length === 1 ? 'was' : 'were'} removed`
      : `${counted(before, 'object')} ${become} ${joined.length}, with ${counted(events, 'event')}`
  say(`${day}, ${format}: ${what}${keepOriginals && !dryRun ? '; they are still there' : ''}.`)
}

function summary(compacted: readonly CompactedDay[], { dryRun }: Flags): string {
  if (compacted.length === 0)
    return 'There is nothing to join: each day that has ended has one object of each record (jsonl, flat), or large ones.'
  const days = counted(new Set(compacted.map(({ day }) => day)).size, 'day')
  if (dryRun) return `${days} can be joined. Nothing was changed.`
  return `✓ ${days} done. Every event and every entry of the manifest is still there; archive verify proves it.`
}
