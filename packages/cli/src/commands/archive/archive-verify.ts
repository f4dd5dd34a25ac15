import { type ArchiveReport, verifyArchive } from '@asana-audit/archive'
import { isFault } from '@asana-audit/core'
import { type AnyCommand, Command, type Done, type FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { faultCode } from '../../pipelines/result-code.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayJson, sayOnStderr } from '../../terminal/say.ts'
import { archiveAt, archiveKey, bucketVariables } from './archive-location.ts'

const define = () =>
  new Command('verify')
    .argument('<location>', 'the folder of the archive, s3://BUCKET/PREFIX, or the folder of a copy')
    .description(
      'Compare every object of an archive with its entry in the manifest, and the manifest with itself. Nothing is written, and neither Asana nor the state is asked.',
    )
    .option('--public-key <file>', 'the Ed25519 public key in PEM: each entry must be signed with it')
    .option(
      '--head <digest>',
      'the head of a chain that an earlier archive verify printed: it must still be there',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples(
        'archive verify /var/lib/asana-audit/archive',
        'archive verify s3://audit-evidence/asana',
        'archive verify ./copy --public-key archive-key.pub.pem --json',
      ),
    )
    .addHelpText('after', bucketVariables)
    .addHelpText(
      'after',
      '\nExit status: 0 everything agrees, 1 something does not, 2 wrong configuration.\n',
    )

/** `asana-audit archive verify`. */
export const archiveVerifyCommand = (done: Done): AnyCommand =>
  define().action(async (location, flags) => done(await archiveVerify(location, flags)))

async function archiveVerify(location: string, flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const store = await archiveAt(location, problems)
  const path = flags.publicKey
  const publicKey = path === undefined ? undefined : archiveKey(path, 'public', '--public-key', problems)
  const head = flags.head?.trim().toLowerCase()
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    const message =
      'It is not a digest. Give the 64 letters and digits that an earlier archive verify printed.'
    problems.push({ setting: '--head', message })
  }
  if (problems.length > 0 || !store) return invalidSettings(problems)
  try {
    const report = await verifyArchive({ store, publicKey, head })
    if (flags.json) sayJson(report)
    else sayReport(report)
    return report.problems.length === 0 ? exitCode.done : exitCode.failed
  } catch (error) {
    if (!isFault(error)) throw error
    sayOnStderr(`✗ ${error.message}`)
    return faultCode(error)
  } finally {
    await store.close()
  }
}

function sayReport({ place, lanes, objects, events, first, last, problems }: ArchiveReport): void {
  for (const { message } of problems) say(`✗ ${message}`)
  const count = (number: number, what: string): string =>
    `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
  const range = first === undefined ? '' : `, from ${first} to ${last}`
  say(`${place}: ${count(events, 'event')} in ${count(objects, 'object')}${range}.`)
  for (const { lane, entries, head } of lanes) {
    say(`  ${lane}: ${count(entries, 'entry').replace('entrys', 'entries')}, head ${head}`, 4)
  }
  if (lanes.length === 0) say('It has no manifest: it is empty, or is not an archive.')
  else if (problems.length === 0)
    say(
      '✓ Everything is as the manifest says. Keep the head where nobody can change it: archive verify --head compares it next time.',
    )
  else say(`${count(problems.length, 'problem')}.`)
}
