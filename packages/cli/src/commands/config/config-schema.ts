import { fileSchema } from '../../config/json-schema.ts'
import { type AnyCommand, Command, type Done } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { exitCode } from '../../terminal/exit-code.ts'

/** `asana-audit config schema`. */
export const configSchemaCommand = (done: Done): AnyCommand =>
  new Command('schema')
    .description('Print the JSON Schema of the settings file, for editors.')
    .addHelpText('before', examples('config schema > asana-audit.schema.json'))
    .addHelpText(
      'after',
      `
An editor with a YAML language server completes and checks the settings if the
file begins with this line:
  # yaml-language-server: $schema=asana-audit.schema.json`,
    )
    .action(() => {
      process.stdout.write(`${JSON.stringify(fileSchema(), null, 2)}\n`)
      done(exitCode.done)
    })
