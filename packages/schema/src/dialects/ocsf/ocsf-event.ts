/** An event of OCSF: the fields that all classes have. Each class adds its own. */
export interface OcsfEvent {
  category_uid: number
  category_name: string
  class_uid: number
  class_name: string
  activity_id: number
  activity_name: string
  type_uid: number
  type_name: string
  /** Milliseconds since 1970. */
  time: number
  severity_id: number
  severity: string
  status_id: number
  status: string
  message: string
  metadata: { version: string; uid: string; event_code: string; [attribute: string]: unknown }
  /** The fields that have no place in the class, at their paths in Asana's event. */
  unmapped?: Record<string, unknown>
  /** Asana's event as JSON text. */
  raw_data?: string
  [attribute: string]: unknown
}
