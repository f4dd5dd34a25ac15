import type { MetricDefinition, SpanDefinition } from '../../packages/metrics/src/index.ts'
import { table } from '../generate/parts/markdown.ts'

/** docs/metrics.md. `ofCommand`: metrics that only the command has. `ofSpans`: attributes of all spans. */
export function metricsPage(
  metrics: readonly MetricDefinition[],
  ofCommand: readonly MetricDefinition[],
  spans: readonly SpanDefinition[],
  ofSpans: readonly string[],
): string {
  return `# Metrics

Made by \`pnpm generate:metrics\` from [definitions.ts](../packages/metrics/src/definitions.ts): do not edit.

\`factMeter\` of [\`@asana-audit/metrics\`](../packages/metrics/README.md) makes these with your own Meter. The command exports the same by
OTLP, and for Prometheus at \`/metrics\`: see [its page](../packages/cli/docs/telemetry.md#metrics).

${table(heading, metrics.map(rowOf))}
The command has two more, for its [alarms](../packages/cli/docs/alarms.md) and its [detections](../packages/cli/docs/findings.md):

${table(heading, ofCommand.map(rowOf))}
- In Prometheus a dot is \`_\`, a counter ends in \`_total\`, and the unit is part of the name: \`asana_audit_read_size_bytes_total\`,
  \`asana_audit_last_page_timestamp_seconds\`.
- Every counter starts at 0, for each code that its destination can give and each level of a finding. A series that begins at 1 would hide its first event from \`increase()\`.
- Times are seconds since 1970. The age is \`time() - asana_audit_last_page_timestamp_seconds\`. At the start they come from the state.
- \`destination\` is the kind (\`otlp\`, \`splunk-hec\`, \`panther-http\`, \`archive\`, \`file\`, \`stdout\`), \`code\` a code of [core](../packages/core/docs/codes.md),
  [otlp](../packages/otlp/docs/codes.md), [splunk-hec](../packages/splunk-hec/docs/codes.md), [panther-http](../packages/panther-http/README.md#codes) or [archive](../packages/archive/docs/codes.md).
- \`state\` of a pipeline is \`starting\` (also while it [stands by](platform-teams.md#two-machines)), \`running\`, \`retrying\`, \`paused\`, \`ended\` or \`failed\`, of an alarm \`OK\`, \`ALARM\` or \`INSUFFICIENT_DATA\`.

## Spans

\`factTracer\` makes these with your own Tracer; the command sends them by OTLP: see [its page](../packages/cli/docs/telemetry.md#spans). The
first is the parent of the others. All are internal, and all have ${named(ofSpans)}.

${table(['name', 'attributes', 'meaning'], spans.map(spanRow))}`
}

const heading = ['name', 'kind', 'unit', 'attributes', 'meaning']

function rowOf({ name, kind, unit, attributes, description }: MetricDefinition): string[] {
  return [`\`${name}\``, kind, `\`${unit}\``, named(attributes), description]
}

function spanRow({ name, attributes, description }: SpanDefinition): string[] {
  return [`\`${name}\``, named(attributes), description]
}

function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
