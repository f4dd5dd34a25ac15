import { type Command, secretCommand } from '@asana-audit/core/config'
import type { SecretReader } from '@asana-audit/core/sink-kit'

/** Gives the reader of a command. */
export type SharedCommands = (command: Command) => SecretReader

/** One reader for equal commands: many pipelines with one token run its command once, and not each of them at the start. */
export function sharedCommands(): SharedCommands {
  const readers = new Map<string, SecretReader>()
  return (command) => {
    const key = JSON.stringify(command)
    const reader = readers.get(key) ?? secretCommand(command)
    readers.set(key, reader)
    return reader
  }
}
