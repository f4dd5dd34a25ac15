// For programs with a file of settings of their own: what is written there goes into the place of what the environment says.
export { otlpSettingsFromEnv } from './settings/otlp-options-from-env.ts'
export { type OtlpSettings, readOtlpSettings } from './settings/read-otlp-settings.ts'
