/** Tells changesets how to write an entry of a changelog: only the sentences of the changeset. */

interface Changeset {
  readonly summary: string
}

export default {
  getReleaseLine({ summary }: Changeset): string {
    return `- ${summary.trim().replaceAll('\n', '\n  ')}`
  },
  /** Empty, because all packages have the same version. */
  getDependencyReleaseLine: (): string => '',
}
