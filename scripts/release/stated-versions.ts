/**
 * The places that state the version and cannot read it from a manifest: a library without file access, the output of an
 * example, and the chart. In each pattern the group is the version.
 */
export const statedVersions: readonly { readonly file: string; readonly pattern: RegExp }[] = [
  { file: 'packages/schema/src/log-record/scope.ts', pattern: /(?<=^ {2}version: ')([^']+)(?=',$)/m },
  { file: 'packages/otlp/docs/files.md', pattern: /(?<='telemetry\.distro\.version': ')([^']+)(?=')/ },
  {
    file: 'packages/otlp/docs/files.md',
    pattern: /(?<=scope: \{ name: '@asana-audit\/schema', version: ')([^']+)(?=' \})/,
  },
  { file: 'deploy/helm/asana-audit/Chart.yaml', pattern: /(?<=^version: )(\S+)$/m },
  { file: 'deploy/helm/asana-audit/Chart.yaml', pattern: /(?<=^appVersion: )(\S+)$/m },
]
