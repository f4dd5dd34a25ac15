import type { Problem } from '../terminal/problem.ts'
import { readConfigFile } from './config-file.ts'
import { sameNames } from './destination/same-in-two.ts'
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
  const names = draftsOf(yaml, env, {}).flatMap(({ document, origin }) => {
    const { sound } = checkedDocument(document, origin, problems)
    return destinationsOf(sound).flatMap(([to, at]) => {
      const written = writtenDestination(to, at, origin, problems)
      return written === undefined ? [] : pipelineName(sound, written)
    })
  })
  if (problems.length > 0) return { problems: inOrder(problems) }
  const twice = sameNames(names)
  return twice.length > 0 ? { problems: twice } : { ...statePath(flags, env, yaml), names }
}
