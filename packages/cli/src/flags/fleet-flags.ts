import { Command, type FlagsOf } from './command.ts'

/** A command that needs the database of a fleet. */
export const withFleetFlags = (name: string) =>
  new Command(name)
    .option(
      '--state <address>',
      'the database, such as postgres://audit@db.example.com/audit (or ASANA_AUDIT_STATE, or state in the file)',
    )
    .option('--config <file>', "the fleet's YAML file")

export type FleetFlags = FlagsOf<typeof withFleetFlags>
