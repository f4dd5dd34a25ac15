import type { Problem } from '../terminal/problem.ts'
import { readConfigFile } from './config-file.ts'
import { nameSetting, sameNames } from './destination/same-in-two.ts'
import { writtenDestination } from './destination/written-destination.ts'
import { draftsOf } from './drafts.ts'
import { inOrder } from './in-order.ts'
import { destinationsOf, pipelineName } from './pipeline/pipeline-name.ts'
import { type StatePath, statePath, stateProblems } from './state-path.ts'
import { checkedDocument } from './yaml/checked-document.ts'

interface NamedPipelines extends StatePath {
  readonly names: readonly string[]
}

/**
 * The path of the state and the names of a file's pipelines, the same as in `readSettings`. It reads no other file and runs no command, so it
 * works where secrets cannot be had. Returns the problems of what is written in the file.
 */
export async function readNamedPipelines(
  flags: { readonly config: string; readonly state?: string | undefined },
  env: NodeJS.ProcessEnv,
): Promise<NamedPipelines | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const yaml = await readConfigFile(flags, env, problems)
  problems.push(...stateProblems(flags, env, yaml))
  const written = draftsOf(yaml, env, {}).flatMap(({ document, origin }) => {
    const { sound } = checkedDocument(document, origin, problems)
    const destinations = destinationsOf(sound)
    return destinations.flatMap(([to, at]) => {
      const destination = writtenDestination(to, at, origin, problems)
      if (destination === undefined) return []
      const setting = nameSetting(origin, origin.settingName(at), destinations.length)
      return { name: pipelineName(sound, destination), setting }
    })
  })
  if (problems.length > 0) return { problems: inOrder(problems, yaml?.unset) }
  const twice = sameNames(written)
  if (twice.length > 0) return { problems: inOrder(twice) }
  return { ...statePath(flags, env, yaml), names: written.map(({ name }) => name) }
}
