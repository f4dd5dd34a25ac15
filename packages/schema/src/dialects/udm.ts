export { toUdm, type UdmOptions } from './udm/to-udm.ts'
export type { UdmEvent } from './udm/udm-event.ts'
