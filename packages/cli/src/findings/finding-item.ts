import type { ClosableSink } from '@asana-audit/core'
import type { LineEncoder } from '@asana-audit/jsonl'
import type { Finding, SendFinding } from '../progress/finding/finding.ts'

/** A finding among what a sink of events writes. A write holds either events or one finding. */
export class FindingItem {
  readonly finding: Finding

  constructor(finding: Finding) {
    this.finding = finding
  }
}

/** Sends findings through the sink of the events, which is the only writer of its file or connection. */
export const through =
  (sink: ClosableSink<unknown>): SendFinding =>
  (finding, signal) =>
    sink.write([new FindingItem(finding)], signal)

/** Lines of events, and lines of a finding. */
export function eitherLines<R>(events: LineEncoder<R>, found: LineEncoder<Finding>): LineEncoder<R> {
  return (items, to) => {
    const [first] = items
    return first instanceof FindingItem ? found([first.finding], to) : events(items, to)
  }
}
