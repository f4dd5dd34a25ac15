export { appId, eventSource, restRoot, schemeName } from './names.ts'
export { type Parameter, parameters } from './parameters.ts'
export { type TrailingClaimOptions, trailingClaim } from './position/trailing-claim.ts'
export type { EventMetadata, SplunkEvent } from './protocol/event-element.ts'
export {
  type EventStreamSink,
  type EventStreamSinkOptions,
  eventStreamSink,
  type InputStream,
} from './protocol/event-stream-sink.ts'
export { type InputDefinition, readRunXml, readValidationXml } from './protocol/input-definition.ts'
export { schemeXml, validationErrorXml } from './protocol/scheme.ts'
export { splunkdPipe } from './protocol/splunkd-pipe.ts'
export { readAccountToken } from './splunkd/account-token.ts'
export { indexState } from './splunkd/index-state.ts'
export { otherInputOf } from './splunkd/other-inputs.ts'
export { readProxyAddress } from './splunkd/proxy-address.ts'
export { openSplunkd, type Splunkd } from './splunkd/splunkd.ts'
