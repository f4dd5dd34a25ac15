import { type AnyCommand, Command, type Done } from '../flags/command.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'

const define = () =>
  new Command('splunk-input')
    .option('--scheme', 'print the scheme of the input, for splunkd')
    .option('--validate-arguments', 'check an input that splunkd describes on standard input')
    .addHelpText(
      'after',
      `
Splunk starts this command, through the add-on TA-asana-audit-input, and
describes the input on standard input. It is of no use in a shell.`,
    )

/** `asana-audit splunk-input`, a modular input of Splunk. */
export const splunkInputCommand = (done: Done): AnyCommand =>
  define().action(async ({ scheme = false, validateArguments = false }) => {
    done(await answer(scheme, validateArguments))
  })

async function answer(scheme: boolean, validateArguments: boolean): Promise<ExitCode> {
  if (scheme) {
    const { schemeXml } = await import('@asana-audit/splunk-input')
    process.stdout.write(schemeXml())
    return exitCode.done
  }
  if (validateArguments) return (await import('../splunk-input/validate-input.ts')).validateInput()
  return (await import('../splunk-input/run-input.ts')).runInput()
}
