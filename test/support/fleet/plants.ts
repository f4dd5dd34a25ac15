import type { FleetPlan } from './plan.ts'

/** A change of a file before a worker loads it. */
interface Edit {
  /** From the root of the repository. */
  readonly file: string
  /** Is in the file exactly once. */
  readonly text: string
  readonly by: string
}

/** A bug to plant in the workers of a history. */
export interface Plant {
  readonly edits: readonly Edit[]
  /** The disturbances that show it. */
  readonly rounds: FleetPlan['rounds']
  /** What a history says of it. */
  readonly found: RegExp
}

const [writeGroup, laneCommits] = [
  'packages/fleet/src/worker/write-group.ts',
  'packages/core/src/state/postgres/lane-commits.ts',
]

export const plants: Readonly<Record<string, Plant>> = {
  'a commit is not fenced': {
    edits: [
      {
        file: writeGroup,
        text: 'settledJobs(await prove(queue, attempts, { db }))',
        by: '(await prove(queue, attempts, { db }), new Set(attempts.map(({ id }) => id)))',
      },
      { file: laneCommits, text: 'where lane.version = excluded.version - 1', by: 'where true' },
    ],
    rounds: [['stopped']],
    found: /was committed twice/,
  },
  'the next turn is inserted outside of the transaction': {
    edits: [
      {
        file: writeGroup,
        text: 'await planNext(options, connection, ended, tenants)',
        by: 'planNext(options, options.database, ended, tenants).catch(() => {})',
      },
    ],
    rounds: [['commit lost'], ['commit lost']],
    found: /has no turn in the queue/,
  },
  'the job of a turn is deleted before its commit': {
    edits: [
      {
        file: writeGroup,
        text: 'prove(queue, attempts, { db })',
        by: 'prove(queue, attempts)',
      },
    ],
    rounds: [['stopped in a commit', 'silent']],
    found: /has no turn in the queue/,
  },
}

/** The source of a file with its edits. Throws where the text of an edit is not in it exactly once. */
export function edited(file: string, source: string, { edits }: Plant): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((changed, { text, by }) => {
      const parts = changed.split(text)
      if (parts.length !== 2)
        throw new Error(`"${text}" is in ${file} ${parts.length - 1} times. Correct the plant.`)
      return parts.join(by)
    }, source)
}
