import * as z from 'zod'
import { destinationMaps } from './destination/destination-map.ts'
import { fileSettings } from './file-document.ts'
import { pipelineDocument } from './pipeline/pipeline-document.ts'
import type { SettingNames } from './yaml/corrected-keys.ts'

/** The names in a destination that is written as a map. */
export const destinationNames: SettingNames = Object.fromEntries(
  Object.entries(destinationMaps).map(([kind, form]) => [kind, namesIn(form)]),
)

export const pipelineNames: SettingNames = { ...namesIn(pipelineDocument), to: destinationNames }

/** The names in a whole settings file. */
export const fileNames: SettingNames = {
  ...Object.fromEntries(Object.entries(fileSettings).map(([name, { form }]) => [name, namesIn(form)])),
  pipelines: pipelineNames,
}

/** The settings in a value of this form. Undefined for a single value, and for a map whose keys are the user's. */
function namesIn(form: z.ZodType): SettingNames | undefined {
  if (form instanceof z.ZodOptional) return namesIn(form.unwrap() as z.ZodType)
  if (form instanceof z.ZodArray) return namesIn(form.element as z.ZodType)
  if (!(form instanceof z.ZodObject)) return undefined
  return Object.fromEntries(
    Object.entries(form.shape).map(([name, one]) => [name, namesIn(one as z.ZodType)]),
  )
}
