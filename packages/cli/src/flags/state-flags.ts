import { Command, type FlagsOf } from './command.ts'

/** A command that needs the state and no pipeline. */
export const withStateFlags = (name: string) =>
  new Command(name)
    .option(
      '--state <path>',
      'where the state is: a file (default ~/.local/state/asana-audit/state.db), or postgres://user@host/database',
    )
    .option('--config <file>', 'the YAML file that names the state')

export type StateFlags = FlagsOf<typeof withStateFlags>
