/** How changesets writes an entry of a changelog: the sentences of the changeset, and nothing else. */

interface Changeset {
  readonly summary: string
}

export default {
  getReleaseLine({ summary }: Changeset): string {
    return `- ${summary.trim().replaceAll('\n', '\n  ')}`
  },
  /** All packages carry one version, so which of ours a package needs says nothing new. */
  getDependencyReleaseLine: (): string => '',
}
