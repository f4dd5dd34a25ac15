import type { HttpResponse } from './http-response.ts'

/** Who sent an answer, for a message about it. `target`: who was asked. A proxy that passes requests on may have answered in its place. */
export function answeredBy(target: string, { proxy }: Pick<HttpResponse, 'proxy'>): string {
  return proxy === undefined ? target : `${target} or the proxy ${proxy} on the way to it`
}
